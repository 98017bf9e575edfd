/* The queue's two ends: out of it with a lease and an attempt begun, back with an outcome. What an
   outcome means is said by retry.c alone; here it is written down. */
#include "casework/outbox_claim.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"

#define REASON_MAX 1024

/* ---- out ---- */

/* One priority at a time, so that the index gives the rows in order and no row is read in vain. */
static bool take_priority(struct store *store, const struct outbox_turn *turn, int priority,
                          struct outbox_claim *claims, size_t *count, struct err *err)
{
    static const char sql[] =
        "SELECT outbox_id, expires_at, message,"
        " (SELECT COALESCE(MAX(d.attempt), 0) FROM deliveries AS d WHERE d.outbox_id ="
        " o.outbox_id), attempts FROM outbox AS o WHERE status = 'waiting' AND channel IS NOT NULL"
        " AND channel = $1 AND priority = $2 AND retry_at <= $3"
        " AND (hold_until IS NULL OR hold_until <= $4)"
        " AND (expires_at IS NULL OR expires_at > $4) ORDER BY retry_at, outbox_id LIMIT $5";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (*count >= turn->limit) {
        return true;
    }
    if (!store_ask(store, sql, &stmt, err, "tiiii", turn->channel, (int64_t)priority,
                   turn->clocks.boot, turn->clocks.site, (int64_t)(turn->limit - *count))) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        struct outbox_claim *claim = &claims[*count];

        if (!has_row) {
            return true;
        }
        *claim = (struct outbox_claim){.outbox_id = stmt_int(stmt, 0),
                                       .expires_at = stmt_is_null(stmt, 1) ? OUTBOX_FOR_EVER
                                                                           : stmt_int(stmt, 1),
                                       .message = row_copy(stmt, 2),
                                       .attempt = stmt_int(stmt, 3) + 1};
        ++*count;
    }
    return false;
}

static bool begin_attempt(struct store *store, const struct outbox_turn *turn,
                          struct outbox_claim *claim, struct err *err)
{
    int64_t unknowns = 0;

    if (claim->attempt > 1 && !store_one_int(store,
                                             "SELECT COUNT(*) FROM deliveries WHERE outbox_id = $1"
                                             " AND outcome = 'unknown'",
                                             &unknowns, err, "i", claim->outbox_id)) {
        return false;
    }
    claim->is_again = unknowns > 0;
    return store_run(store,
                     "UPDATE outbox SET status = 'claimed', lease_until = $2 WHERE outbox_id = $1",
                     NULL, err, "ii", claim->outbox_id, turn->lease_until) &&
           store_run(store,
                     "INSERT INTO deliveries (outbox_id, attempt, channel, at, micros, bytes,"
                     " status, code, text, outcome)"
                     " VALUES ($1, $2, $3, $4, NULL, 0, 0, '', '', 'started')",
                     NULL, err, "iiti", claim->outbox_id, claim->attempt, turn->channel,
                     turn->clocks.wall);
}

bool outbox_claim(struct store *store, const struct outbox_turn *turn, struct outbox_claim *claims,
                  size_t *count, struct err *err)
{
    int last = turn->is_bulk_held ? OUTBOX_BULK : OUTBOX_PRIORITIES;

    *count = 0;
    for (int priority = 0; priority < last; priority++) {
        if (!take_priority(store, turn, priority, claims, count, err)) {
            return false;
        }
    }
    for (size_t i = 0; i < *count; i++) {
        if (!begin_attempt(store, turn, &claims[i], err)) {
            return false;
        }
    }
    return true;
}

void outbox_claims_clear(struct outbox_claim *claims, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_free(claims[i].message);
        claims[i].message = NULL;
    }
}

bool outbox_keep_message(struct store *store, int64_t outbox_id, const char *message,
                         struct err *err)
{
    return store_run(store, "UPDATE outbox SET message = $2 WHERE outbox_id = $1", NULL, err, "it",
                     outbox_id, message);
}

/* ---- back ---- */

struct standing {
    char status[16];
    char *key;
    int64_t attempts;
    int64_t expires_at;
};

static bool load_standing(struct store *store, int64_t outbox_id, struct standing *out,
                          struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store,
                   "SELECT status, effect_key, attempts, expires_at FROM outbox"
                   " WHERE outbox_id = $1",
                   &stmt, err, "i", outbox_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有消息 %lld", "there is no message %lld"),
                (long long)outbox_id);
        return false;
    }
    row_text(stmt, 0, out->status, sizeof out->status);
    out->key = row_copy(stmt, 1);
    out->attempts = stmt_int(stmt, 2);
    out->expires_at = stmt_is_null(stmt, 3) ? OUTBOX_FOR_EVER : stmt_int(stmt, 3);
    stmt_reset(stmt);
    return true;
}

/* The attempts before this one, as far as the rules ask for them; one whose verdict came late may
   have been accepted. */
static bool load_past(struct store *store, const struct outbox_result *result,
                      struct retry_past *past, bool *is_there, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (result->outcome == SENT_ACCEPTED || result->attempt == 1) {
        return true;
    }
    if (!store_ask(store,
                   "SELECT SUM(outcome = 'unknown'),"
                   " SUM(outcome = 'auth_refresh' AND attempt = $2 - 1),"
                   " SUM(outcome = 'accepted')"
                   " FROM deliveries WHERE outbox_id = $1 AND attempt < $2",
                   &stmt, err, "ii", result->outbox_id, result->attempt) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    past->unknowns = has_row ? row_id(stmt, 0) : 0;
    past->was_refresh = has_row && row_id(stmt, 1) > 0;
    *is_there = has_row && row_id(stmt, 2) > 0;
    stmt_reset(stmt);
    return true;
}

static bool end_attempt(struct store *store, const struct outbox_result *result, bool is_open,
                        int64_t *changed, struct err *err)
{
    static const char ends[] =
        "UPDATE deliveries SET micros = NULLIF($3, -1), bytes = $4, status = $5, code = $6, text ="
        " $7, outcome = $8 WHERE outbox_id = $1 AND attempt = $2 AND outcome = 'started'";
    static const char late[] =
        "UPDATE deliveries SET micros = NULLIF($3, -1), bytes = $4, status = $5, code = $6, text ="
        " $7, outcome = $8 WHERE outbox_id = $1 AND attempt = $2 AND outcome = 'unknown'"
        " AND micros IS NULL";

    return store_run(store, is_open ? ends : late, changed, err, "iiiiittt", result->outbox_id,
                     result->attempt, result->micros, result->bytes, result->status, result->code,
                     result->text, sent_name(result->outcome));
}

/* The lease ran out and the message went its way; that it was accepted after all still matters. */
static bool settle_late(struct store *store, const struct outbox_result *result, bool *is_late,
                        struct err *err)
{
    int64_t changed = 0;

    *is_late = true;
    if (result->outcome != SENT_ACCEPTED) {
        return true;
    }
    if (!end_attempt(store, result, false, &changed, err)) {
        return false;
    }
    *is_late = changed == 0;
    return changed == 0 ||
           store_run(store,
                     "UPDATE outbox SET status = 'sent', reason = '', retry_at = 0 WHERE outbox_id"
                     " = $1 AND status IN ('waiting', 'unknown', 'dead')",
                     NULL, err, "i", result->outbox_id);
}

static const char *status_of(enum retry_fate fate)
{
    static const char *const NAMES[] = {"sent", "waiting", "unknown", "dead"};

    return NAMES[fate];
}

/* Why, in the platform's words, and what to do. */
static void put_reason(const struct outbox_result *result, const struct retry_next *next,
                       struct buf *out)
{
    const char *words = result->text[0] ? result->text : result->code;

    if (next->fate == RETRY_SENT || (next->fate == RETRY_LATER && !result->hint[0] && !words[0])) {
        return;
    }
    buf_add_text(out, next->why);
    if (words[0]) {
        buf_add_format(out, "%s%s", out->length ? SAY("：", ": ") : "", words);
    }
    if (result->hint[0]) {
        buf_add_format(out, "%s%s", out->length ? SAY("；", "; ") : "", result->hint);
    }
}

static bool move_on(struct store *store, const struct outbox_clocks *clocks,
                    const struct outbox_result *result, const struct retry_next *next,
                    struct err *err)
{
    bool ok;
    struct buf reason;
    int64_t retry_at =
        next->fate == RETRY_LATER && next->delay_ms ? clocks->boot + next->delay_ms : 0;

    buf_init(&reason, REASON_MAX);
    put_reason(result, next, &reason);
    if (reason.length) {
        text_trim(reason.bytes);
    }
    ok = store_run(store,
                   "UPDATE outbox SET status = $2, retry_at = $3, lease_until = 0, attempts ="
                   " attempts + $4, reason = $5 WHERE outbox_id = $1",
                   NULL, err, "itiit", result->outbox_id, status_of(next->fate), retry_at,
                   (int64_t)next->counts, buf_text(&reason));
    buf_clear(&reason);
    return ok;
}

bool outbox_record(struct store *store, const struct outbox_ways *ways,
                   const struct outbox_clocks *clocks, const struct outbox_result *result,
                   struct retry_next *next, bool *is_late, struct err *err)
{
    bool ok = false;
    bool is_there = false;
    int64_t changed = 0;
    struct standing now = {0};
    struct retry_past past = {.outcome = result->outcome,
                              .after_ms = result->after_ms,
                              .pause_ms = ways->pause_ms,
                              .attempt = result->attempt,
                              .has_key = ways->has_key,
                              .holds = ways->holds};

    *is_late = false;
    *next = (struct retry_next){.why = ""};
    if (!end_attempt(store, result, true, &changed, err)) {
        return false;
    }
    if (changed == 0) {
        return settle_late(store, result, is_late, err);
    }
    if (!load_standing(store, result->outbox_id, &now, err) ||
        !load_past(store, result, &past, &is_there, err)) {
        goto done;
    }
    past.key = now.key;
    past.attempts = now.attempts;
    past.left_ms =
        now.expires_at == OUTBOX_FOR_EVER ? RETRY_FOR_EVER : now.expires_at - clocks->site;
    retry_decide(&past, next);
    if (is_there) {
        next->fate = RETRY_SENT;
    }
    ok = move_on(store, clocks, result, next, err);
done:
    mem_free(now.key);
    return ok;
}

bool outbox_return(struct store *store, int64_t outbox_id, int64_t attempt, struct err *err)
{
    int64_t changed = 0;

    return store_run(store,
                     "DELETE FROM deliveries WHERE outbox_id = $1 AND attempt = $2"
                     " AND outcome = 'started'",
                     &changed, err, "ii", outbox_id, attempt) &&
           (changed == 0 ||
            store_run(store,
                      "UPDATE outbox SET status = 'waiting', lease_until = 0 WHERE outbox_id = $1",
                      NULL, err, "i", outbox_id));
}
