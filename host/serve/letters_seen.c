/* A token comes back: whoever holds it was given the message, and that is all it proves. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"
#include "serve/letters.h"
#include "serve/letters_parts.h"

#define CASES_MOST 256 /* of one digest */

struct receipt {
    struct keeper *keeper;
    int64_t outbox_id;
    int64_t digest_id; /* 0: the message is no digest */
    int64_t now;
    char person[REGISTRY_CODE];
};

static bool is_token(const char *token)
{
    return strlen(token) == LETTERS_TOKEN - 1 &&
           strspn(token, "0123456789abcdef") == LETTERS_TOKEN - 1;
}

/* The row of a token; not there and not a token at all are the same to whoever asks. */
static bool find(struct keeper *keeper, const char *token, struct receipt *receipt,
                 struct actor *actor, struct letters_seen *out, struct err *err)
{
    static const char sql[] =
        "SELECT o.outbox_id, o.person_id, o.seen_at, CASE WHEN o.template = $2 THEN o.digest_id"
        " END, p.code, p.name, c.number FROM outbox AS o"
        " JOIN people AS p ON p.person_id = o.person_id"
        " LEFT JOIN cases AS c ON c.case_id = o.case_id WHERE o.token_hash = $1";
    struct stmt *stmt = NULL;
    bool has_row = false;
    char hash[DIGEST_HEX];

    letters_token_hash(is_token(token) ? token : "", hash);
    if (!store_ask(keeper->store, sql, &stmt, err, "tt", hash, LETTERS_DIGEST) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, "%s",
                SAY("这个确认码无效", "this is no code of acknowledgement"));
        return false;
    }
    receipt->outbox_id = stmt_int(stmt, 0);
    actor->person_id = stmt_int(stmt, 1);
    out->is_first = stmt_is_null(stmt, 2);
    out->seen_at = out->is_first ? receipt->now : stmt_int(stmt, 2);
    receipt->digest_id = row_id(stmt, 3);
    row_text(stmt, 4, receipt->person, sizeof receipt->person);
    row_text(stmt, 5, out->person, sizeof out->person);
    row_text(stmt, 6, out->number, sizeof out->number);
    actor->person = receipt->person;
    stmt_reset(stmt);
    return true;
}

/* In the transaction of each fact, and in one of its own when there is none. */
static bool mark(void *context, struct err *err)
{
    const struct receipt *receipt = context;

    return store_run(receipt->keeper->store,
                     "UPDATE outbox SET seen_at = $2 WHERE outbox_id = $1 AND seen_at IS NULL",
                     NULL, err, "ii", receipt->outbox_id, receipt->now);
}

static bool mark_alone(struct receipt *receipt, struct err *err)
{
    struct keeper *keeper = receipt->keeper;

    if (!store_begin(keeper->store, err)) {
        return false;
    }
    if (!mark(receipt, err)) {
        keeper_rollback(keeper);
        return false;
    }
    return keeper_commit(keeper, err);
}

/* The cases the message is about, each once: numbers are the caller's. */
static bool find_cases(struct keeper *keeper, const struct receipt *receipt,
                       char *numbers[static CASES_MOST], size_t *count, struct err *err)
{
    static const char sql[] =
        "SELECT DISTINCT c.number FROM outbox AS o JOIN cases AS c ON c.case_id = o.case_id"
        " WHERE (o.outbox_id = $1 OR (o.digest_id = $2 AND o.status = 'digested'))"
        " AND c.closed_at IS NULL ORDER BY c.number LIMIT $3";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(keeper->store, sql, &stmt, err, "iii", receipt->outbox_id, receipt->digest_id,
                   (int64_t)CASES_MOST)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        numbers[(*count)++] = row_copy(stmt, 0);
    }
    return false;
}

static bool record(struct receipt *receipt, const struct actor *actor, char *const *numbers,
                   size_t count, struct letters_seen *out, struct err *err)
{
    struct keeper_fact *facts = mem_array(count + 1, sizeof *facts);
    struct keeper_result *results = mem_array(count + 1, sizeof *results);
    bool ok;

    for (size_t i = 0; i < count; i++) {
        facts[i] = (struct keeper_fact){.number = numbers[i],
                                        .fact = "seen",
                                        .occurred = KEEPER_NO_DAY,
                                        .is_ready = true,
                                        .is_granted = true,
                                        .also = mark,
                                        .context = receipt};
    }
    ok = count == 0 || keeper_record(receipt->keeper, actor, NULL, facts, count, results, err);
    for (size_t i = 0; ok && i < count; i++) {
        out->facts += results[i].is_done;
    }
    mem_free(results);
    mem_free(facts);
    return ok && (out->facts > 0 || mark_alone(receipt, err));
}

bool letters_acknowledge(struct keeper *keeper, const struct actor *recorder, const char *token,
                         struct letters_seen *out, struct err *err)
{
    struct receipt receipt = {.keeper = keeper, .now = keeper_instant(keeper)};
    struct actor actor = *recorder;
    char *numbers[CASES_MOST];
    size_t count = 0;
    bool ok;

    *out = (struct letters_seen){0};
    if (!find(keeper, token, &receipt, &actor, out, err) || !out->is_first) {
        return out->seen_at != 0;
    }
    ok = find_cases(keeper, &receipt, numbers, &count, err) &&
         record(&receipt, &actor, numbers, count, out, err);
    for (size_t i = 0; i < count; i++) {
        mem_free(numbers[i]);
    }
    return ok;
}
