/* What becomes of messages without anybody telling: leases that ran out, times that passed,
   channels that are gone, another boot; and when the next of it happens. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/outbox_claim.h"
#include "casework/rows.h"

/* ---- what nobody tells ---- */

bool outbox_lapsed(struct store *store, int64_t boot, struct outbox_lapse *list, size_t limit,
                   size_t *count, struct err *err)
{
    static const char sql[] =
        "SELECT outbox_id, (SELECT COALESCE(MAX(d.attempt), 0) FROM deliveries AS d"
        " WHERE d.outbox_id = o.outbox_id), channel FROM outbox AS o"
        " WHERE status = 'claimed' AND lease_until <= $1 ORDER BY lease_until LIMIT $2";
    struct stmt *stmt = NULL;
    bool has_row = false;

    *count = 0;
    if (!store_ask(store, sql, &stmt, err, "ii", boot, (int64_t)limit)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        list[*count].outbox_id = stmt_int(stmt, 0);
        list[*count].attempt = stmt_int(stmt, 1);
        row_text(stmt, 2, list[*count].channel, OUTBOX_CHANNEL);
        ++*count;
    }
    return false;
}

bool outbox_expire(struct store *store, int64_t site, size_t limit, int64_t *changed,
                   struct err *err)
{
    static const char sql[] =
        "UPDATE outbox SET retry_at = 0, status = CASE WHEN EXISTS (SELECT 1 FROM deliveries AS d"
        " WHERE d.outbox_id = outbox.outbox_id AND d.outcome = 'unknown') THEN 'unknown' ELSE"
        " 'dead' END, reason = $3 WHERE outbox_id IN (SELECT o.outbox_id FROM outbox AS o"
        " WHERE o.status = 'waiting' AND o.expires_at IS NOT NULL AND o.expires_at <= $1"
        " ORDER BY o.expires_at LIMIT $2)";

    return store_run(store, sql, changed, err, "iit", site, (int64_t)limit,
                     SAY("未能在时效内送达；仍需告知时请用 duban outbox replay 重发",
                         "it could not be sent in time; duban outbox replay sends it still"));
}

bool outbox_unroute(struct store *store, const char *channel, size_t limit, int64_t *changed,
                    struct err *err)
{
    return store_run(store,
                     "UPDATE outbox SET channel = NULL, message = NULL, retry_at = 0"
                     " WHERE outbox_id IN (SELECT o.outbox_id FROM outbox AS o WHERE o.status ="
                     " 'waiting' AND o.channel IS NOT NULL AND o.channel = $1 LIMIT $2)",
                     changed, err, "ti", channel, (int64_t)limit);
}

bool outbox_scatter(struct store *store, const char *channel, int64_t boot, int64_t from,
                    int64_t span_ms, size_t limit, int64_t *changed, struct err *err)
{
#define FRESH_BULK                                                              \
    "outbox WHERE status = 'waiting' AND channel IS NOT NULL AND channel = $1 " \
    "AND priority = 3 AND retry_at = 0 LIMIT $2"
    int64_t *ids = NULL;
    size_t count = 0;
    int64_t waiting = 0;
    struct stmt *stmt = NULL;
    bool ok;

    *changed = 0;
    if (!store_one_int(store, "SELECT COUNT(*) FROM (SELECT 1 FROM " FRESH_BULK ")", &waiting, err,
                       "ti", channel, from)) {
        return false;
    }
    if (waiting < from) {
        return true;
    }
    ok = store_ask(store, "SELECT outbox_id FROM " FRESH_BULK, &stmt, err, "ti", channel,
                   (int64_t)limit) &&
         row_ids(stmt, &ids, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        ok = store_run(store, "UPDATE outbox SET retry_at = $2 WHERE outbox_id = $1", NULL, err,
                       "ii", ids[i], boot + retry_spread(channel, ids[i], span_ms));
    }
    *changed = (int64_t)count;
    mem_free(ids);
    return ok;
#undef FRESH_BULK
}

/* ---- when ---- */

bool outbox_next_channel(struct store *store, const char *above, char out[static OUTBOX_CHANNEL],
                         struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store,
                   "SELECT channel FROM outbox WHERE status = 'waiting' AND channel IS NOT NULL"
                   " AND channel > $1 ORDER BY channel LIMIT 1",
                   &stmt, err, "t", above) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    out[0] = '\0';
    if (has_row) {
        row_text(stmt, 0, out, OUTBOX_CHANNEL);
    }
    stmt_reset(stmt);
    return true;
}

/* The first column of the first row; OUTBOX_FOR_EVER when there is none. */
static bool first_of(struct stmt *stmt, int64_t *at, struct err *err)
{
    bool has_row = false;

    if (!stmt_step(stmt, &has_row, err)) {
        return false;
    }
    *at = has_row ? stmt_int(stmt, 0) : OUTBOX_FOR_EVER;
    stmt_reset(stmt);
    return true;
}

bool outbox_due(struct store *store, const char *channel, int below, int64_t *at, struct err *err)
{
    static const char sql[] =
        "SELECT retry_at FROM outbox WHERE status = 'waiting' AND channel IS NOT NULL"
        " AND channel = $1 AND priority = $2 ORDER BY retry_at LIMIT 1";

    *at = OUTBOX_FOR_EVER;
    for (int priority = 0; priority < below; priority++) {
        struct stmt *stmt = NULL;
        int64_t first;

        if (!store_ask(store, sql, &stmt, err, "ti", channel, (int64_t)priority) ||
            !first_of(stmt, &first, err)) {
            return false;
        }
        *at = first < *at ? first : *at;
    }
    return true;
}

bool outbox_lease_due(struct store *store, int64_t *at, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(store,
                     "SELECT lease_until FROM outbox WHERE status = 'claimed'"
                     " ORDER BY lease_until LIMIT 1",
                     &stmt, err, "") &&
           first_of(stmt, at, err);
}

bool outbox_expiry_due(struct store *store, int64_t *at, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(store,
                     "SELECT expires_at FROM outbox WHERE status = 'waiting'"
                     " AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1",
                     &stmt, err, "") &&
           first_of(stmt, at, err);
}

bool outbox_forget_boot(struct store *store, struct err *err)
{
    return store_run(store,
                     "UPDATE outbox SET retry_at = 0 WHERE status = 'waiting' AND channel IS NOT"
                     " NULL AND retry_at > 0",
                     NULL, err, "") &&
           store_run(store,
                     "UPDATE outbox SET lease_until = 0, retry_at = 0 WHERE status = 'claimed'",
                     NULL, err, "") &&
           store_run(store,
                     "UPDATE channels SET filled_at = 0, paused_until = 0,"
                     " probe_at = CASE probe_at WHEN 0 THEN 0 ELSE 1 END",
                     NULL, err, "");
}
