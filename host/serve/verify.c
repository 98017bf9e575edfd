/* The proof: chains are computed again, every case is folded again by workers from its inputs
   alone, and what comes out is compared with the rows and the state that stand. Nothing here writes
   but the checkpoint. */
#include "serve/verify.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/audit.h"
#include "serve/inside.h"

#define VERIFY_BATCH 64

struct proof {
    struct keeper *keeper;
    struct verify_report *report;
    verify_finding_fn *each;
    void *context;
    bool skip_refold;
};

static void find(const struct proof *proof, const char *number, const char *sentence)
{
    if (proof->each) {
        proof->each(proof->context, number, sentence);
    }
}

static bool check_chain(struct proof *proof, int64_t case_id, const char *number, bool *can_refold,
                        struct err *err)
{
    struct chain_report chain;
    struct err finding = {0};

    if (!chain_verify(proof->keeper->chain, proof->keeper->store, case_id, &chain, &finding, err)) {
        return false;
    }
    proof->report->rows += chain.rows;
    proof->report->destroyed += chain.destroyed;
    if (chain.broken) {
        proof->report->chain_broken++;
        find(proof, number, finding.text);
    }
    *can_refold = chain.destroyed == 0;
    return true;
}

static bool same_text(const struct stmt *stmt, int column, struct span wanted)
{
    size_t length = 0;
    const char *text = stmt_text(stmt, column, &length);

    return text && length == wanted.length && memcmp(text, wanted.bytes, length) == 0;
}

static bool same_bytes(const struct stmt *stmt, int column, struct span wanted)
{
    size_t length = 0;
    const void *bytes = stmt_blob(stmt, column, &length);

    return bytes && length == wanted.length && memcmp(bytes, wanted.bytes, length) == 0;
}

/* The decisions that stand against the decisions that came out now. */
static bool compare_rows(struct proof *proof, const struct item *item, int64_t *differs,
                         struct err *err)
{
    static const char sql[] = "SELECT seq, kind, name, at, line, body FROM events"
                              " WHERE case_id = $1 AND seq <= $2 AND is_input = 0 ORDER BY seq";
    const struct verdict *verdict = &proof->keeper->verdict;
    struct stmt *stmt = NULL;
    bool has_row = false;
    size_t at = 0;

    *differs = 0;
    if (!store_ask(proof->keeper->store, sql, &stmt, err, "ii", item->place.case_id,
                   item->folded)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        const struct verdict_row *row = &verdict->rows[at];

        if (!has_row) {
            *differs = at < verdict->row_count ? -1 : 0;
            return true;
        }
        if (at == verdict->row_count || !same_text(stmt, 1, row->kind) ||
            !same_text(stmt, 2, row->name) || stmt_int(stmt, 3) != row->at ||
            stmt_int(stmt, 4) != row->line || !same_text(stmt, 5, row->body)) {
            *differs = stmt_int(stmt, 0);
            stmt_reset(stmt);
            return true;
        }
        at++;
    }
    return false;
}

static bool compare_state(struct proof *proof, const struct item *item, bool *is_same,
                          struct err *err)
{
    static const char sql[] = "SELECT state, wake_at, seq, folded, set_aside, due, record, "
                              "snapshot, closed_at, late_since"
                              " FROM cases WHERE case_id = $1";
    const struct verdict *verdict = &proof->keeper->verdict;
    struct stmt *stmt = NULL;
    bool has_row = false;
    int64_t wake_at;

    if (!store_ask(proof->keeper->store, sql, &stmt, err, "i", item->place.case_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    wake_at = stmt_is_null(stmt, 1) ? CASE_NEVER : stmt_int(stmt, 1);
    *is_same = has_row && same_text(stmt, 0, span_of(verdict->state));
    /* Inputs that wait, or a fault, have moved the wake; the due day still tells. A case that came
       back from quarantine wakes at once: what matters is that no wake is too late. */
    if (stmt_int(stmt, 2) == stmt_int(stmt, 3) && stmt_is_null(stmt, 4)) {
        *is_same &= wake_at == verdict->wake_at ||
                    (wake_at != CASE_NEVER && (verdict->wake_at == CASE_NEVER ||
                                               wake_at < verdict->wake_at || wake_at <= item->now));
    }
    *is_same &= verdict->due ? same_text(stmt, 5, span_of(verdict->due)) : stmt_is_null(stmt, 5);
    *is_same &= verdict->late ? same_text(stmt, 9, span_of(verdict->late)) : stmt_is_null(stmt, 9);
    *is_same &= verdict->record.bytes && same_text(stmt, 6, verdict->record);
    *is_same &= same_bytes(stmt, 7, verdict->snapshot);
    *is_same &= stmt_is_null(stmt, 8) != verdict->is_closed;
    stmt_reset(stmt);
    return true;
}

static bool compare(struct proof *proof, struct batch *batch, struct item *item, struct err *err)
{
    struct verdict *verdict = &proof->keeper->verdict;
    struct err why = {0};
    char sentence[1200];
    int64_t differs = 0;
    bool is_same = true;

    proof->report->refolded++;
    if (!item->is_answered || !verdict_read(verdict, item->answer, &batch->arena, &why) ||
        verdict->refused.kind != ERR_NONE) {
        (void)snprintf(sentence, sizeof sentence, SAY("不能重算：%s", "cannot be folded again: %s"),
                       !item->is_answered ? item->fault.text
                       : why.text[0]      ? why.text
                                          : verdict->refused.text);
        proof->report->fold_differs++;
        find(proof, item->number, sentence);
        return true;
    }
    if (!compare_rows(proof, item, &differs, err) || !compare_state(proof, item, &is_same, err)) {
        return false;
    }
    if (differs == 0 && is_same) {
        return true;
    }
    proof->report->fold_differs++;
    if (differs > 0) {
        (void)snprintf(sentence, sizeof sentence,
                       SAY("重算与第 %lld 行不同", "row %lld differs when folded again"),
                       (long long)differs);
    } else {
        (void)snprintf(sentence, sizeof sentence, "%s",
                       differs ? SAY("重算多出判定", "folded again, there are more decisions")
                               : SAY("重算后的状态、日期或登记内容不同",
                                     "folded again, state, dates or record differ"));
    }
    find(proof, item->number, sentence);
    return true;
}

/* An item whose inputs are the whole decided history. */
static bool load_history(struct keeper *keeper, struct batch *batch, int64_t case_id, bool *is_in,
                         struct err *err)
{
    static const char sql[] =
        "SELECT number, office_id, activation_id, folded FROM cases WHERE case_id = $1";
    struct item *item = batch_add(batch);
    struct bureau *bureau = NULL;
    struct stmt *stmt = NULL;
    bool has_row = false;
    size_t length = 0;
    const char *number;
    int64_t folded;
    int64_t activation_id;

    *is_in = false;
    if (!store_ask(keeper->store, sql, &stmt, err, "i", case_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    number = stmt_text(stmt, 0, &length);
    item->number = arena_text(&batch->arena, number, length);
    item->office_id = stmt_int(stmt, 1);
    activation_id = stmt_int(stmt, 2);
    folded = stmt_int(stmt, 3);
    stmt_reset(stmt);
    item->place.case_id = case_id;
    item->at = CASE_NEVER;
    item->now = keeper_instant(keeper);
    if (!pool_crew(keeper->pool, activation_id, &item->crew, err) ||
        !keeper_bureau(keeper, item->office_id, &bureau, err)) {
        return false;
    }
    item->almanac = &bureau->almanac;
    if (folded == 0) { /* not decided yet: there is nothing to compare */
        batch->count--;
        *is_in = true;
        return true;
    }
    if (!read_inputs_until(keeper, batch, item, folded, err)) {
        return false;
    }
    item->folded = folded;
    *is_in = item->fault.kind != ERR_NONE || batch_join(batch); /* asked of nobody, but reported */
    return true;
}

static bool settle(struct proof *proof, struct batch *batch, struct err *err)
{
    if (batch->count == 0) {
        return true;
    }
    if (!batch_send(batch, proof->keeper->pool, err) ||
        !batch_receive(batch, proof->keeper->pool, err)) {
        return false;
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (!compare(proof, batch, &batch->items[i], err)) {
            return false;
        }
    }
    batch_reset(batch);
    return true;
}

static bool refold(struct proof *proof, int64_t case_id, struct err *err)
{
    struct batch *batch = proof->keeper->now;
    bool is_in = false;

    if (!load_history(proof->keeper, batch, case_id, &is_in, err)) {
        return false;
    }
    if (!is_in) { /* one group too many: what is there goes first */
        if (!settle(proof, batch, err) ||
            !load_history(proof->keeper, batch, case_id, &is_in, err)) {
            return false;
        }
    }
    return batch->count < VERIFY_BATCH || settle(proof, batch, err);
}

static bool next_cases(struct proof *proof, int64_t after, int64_t *ids,
                       char (*numbers)[CASE_NUMBER_SIZE], size_t *count, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    *count = 0;
    if (!store_ask(
            proof->keeper->store,
            "SELECT case_id, number FROM cases WHERE case_id > $1 ORDER BY case_id LIMIT 256",
            &stmt, err, "i", after)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        ids[*count] = stmt_int(stmt, 0);
        (void)snprintf(numbers[*count], CASE_NUMBER_SIZE, "%s", stmt_text(stmt, 1, NULL));
        ++*count;
    }
    return false;
}

/* Cases of one moment: rows and heads are read one after the other, and a writer beside us must not
   come between. A site opened for writing has no other writer. */
static bool check_some(struct proof *proof, int64_t *after, size_t *count,
                       char (*numbers)[CASE_NUMBER_SIZE], struct err *err)
{
    struct store *store = proof->keeper->store;
    bool is_reader = proof->keeper->site->lock < 0;
    int64_t ids[BATCH_CASES];
    bool ok;

    if (is_reader && !store_begin(store, err)) {
        return false;
    }
    ok = next_cases(proof, *after, ids, numbers, count, err);
    for (size_t i = 0; ok && i < *count; i++) {
        bool can_refold = false;

        proof->report->cases++;
        ok = check_chain(proof, ids[i], numbers[i], &can_refold, err) &&
             (!can_refold || proof->skip_refold || refold(proof, ids[i], err));
        *after = ids[i];
    }
    ok = ok && settle(proof, proof->keeper->now, err);
    if (is_reader) {
        store_rollback(store); /* nothing was written */
    }
    return ok;
}

static bool check_cases(struct proof *proof, struct err *err)
{
    char(*numbers)[CASE_NUMBER_SIZE] = mem_array(BATCH_CASES, CASE_NUMBER_SIZE);
    int64_t after = 0;
    size_t count = 1;
    bool ok = true;

    batch_reset(proof->keeper->now);
    while (ok && count > 0) {
        ok = check_some(proof, &after, &count, numbers, err);
    }
    mem_free(numbers);
    return ok;
}

static bool check_rest(struct proof *proof, struct err *err)
{
    struct verify_report *report = proof->report;
    struct site *site = proof->keeper->site;
    struct audit_finding audit = {0};
    struct audit_heads heads = {0};
    struct err why = {0};

    if (!audit_verify(site, &audit, &why)) {
        report->audit_broken++;
        find(proof, NULL, why.text);
    }
    report->audit_rows = audit.rows;
    if (!store_check(proof->keeper->store, &why)) {
        report->store_faults++;
        find(proof, NULL, why.text);
    }
    if (!audit_heads(site, &heads, err)) {
        return false;
    }
    memcpy(report->heads, heads.digest, sizeof report->heads);
    return true;
}

static bool checkpoint(struct keeper *keeper, const struct actor *actor, struct err *err)
{
    struct bureau *bureau = NULL;

    if (!keeper_bureau(keeper, keeper->site->office_id, &bureau, err) ||
        !store_begin(keeper->store, err)) {
        return false;
    }
    if (!audit_checkpoint(keeper->site, bureau->code, actor ? actor->recorder : NULL, NULL, err)) {
        keeper_rollback(keeper);
        return false;
    }
    return keeper_commit(keeper, err);
}

bool keeper_verify(struct keeper *keeper, const struct actor *actor,
                   const struct verify_options *options, verify_finding_fn *each, void *context,
                   struct verify_report *report, struct err *err)
{
    struct proof proof = {.keeper = keeper,
                          .report = report,
                          .each = each,
                          .context = context,
                          .skip_refold = options->skip_refold};
    int64_t start = clock_micros();
    bool ok;

    *report = (struct verify_report){0};
    ok = keeper_begin(keeper, err) && check_cases(&proof, err) && check_rest(&proof, err) &&
         (!options->checkpoint || checkpoint(keeper, actor, err));
    report->micros = clock_micros() - start;
    return ok;
}

bool verify_is_clean(const struct verify_report *report)
{
    return report->chain_broken == 0 && report->fold_differs == 0 && report->audit_broken == 0 &&
           report->store_faults == 0;
}
