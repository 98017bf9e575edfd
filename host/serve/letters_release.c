/* What waited and need not wait any more: looked at again before it goes, because a night may have
   closed the case, moved the date or changed who is in charge. */
#include "base/crash.h"
#include "base/text.h"
#include "casework/rows.h"
#include "serve/letters.h"
#include "serve/letters_parts.h"

#define RELEASE_MOST 500

#define ENDED                                                                          \
    "SELECT outbox_id FROM outbox WHERE status = 'waiting' AND hold_until IS NOT NULL" \
    " AND hold_until <= $1"

/* A statement over rows whose hold ended, some at a time until none is left. */
static bool settle(struct keeper *keeper, const char *sql, const char *reason, int64_t now,
                   struct err *err)
{
    int64_t changed = RELEASE_MOST;

    while (changed == RELEASE_MOST) {
        if (!store_run(keeper->store, sql, &changed, err, "iti", now, reason,
                       (int64_t)RELEASE_MOST)) {
            return false;
        }
    }
    return true;
}

/* The order matters: what is over is not looked at again. */
static bool release_rows(struct keeper *keeper, int64_t now, struct err *err)
{
    return settle(keeper,
                  "UPDATE outbox SET status = 'cancelled', hold_until = NULL, reason = $2"
                  " WHERE outbox_id IN (" ENDED " AND EXISTS (SELECT 1 FROM cases AS c"
                  " WHERE c.case_id = outbox.case_id AND c.closed_at > outbox.created_at)"
                  " LIMIT $3)",
                  SAY("案件已办结", "the case was closed"), now, err) &&
           settle(keeper,
                  "UPDATE outbox SET hold_until = NULL, channel = NULL, message = NULL,"
                  " reason = $2 WHERE outbox_id IN (" ENDED " LIMIT $3)",
                  SAY("不再等待，重新查看", "the wait is over: looked at again"), now, err);
}

bool letters_release(struct keeper *keeper, int64_t now, struct err *err)
{
    bool is_inside = store_is_in_transaction(keeper->store);
    int64_t count = 0;

    if (!is_inside && (!keeper_begin(keeper, err) || !store_begin(keeper->store, err))) {
        return false;
    }
    if (!release_rows(keeper, now, err) || !letters_flush(keeper, now, err) ||
        !letters_route(keeper, INT32_MAX, &count, err)) {
        if (!is_inside) {
            keeper_rollback(keeper);
        }
        return false;
    }
    if (is_inside) {
        return true;
    }
    crash_point("release.before_commit");
    is_inside = keeper_commit(keeper, err);
    crash_point("release.after_commit");
    return is_inside;
}

bool letters_due(struct keeper *keeper, int64_t *at, struct err *err)
{
    return store_one_int(
        keeper->store,
        "SELECT MIN(at) FROM (SELECT COALESCE(MIN(hold_until), $1) AS at FROM outbox"
        " WHERE status = 'waiting' AND hold_until IS NOT NULL UNION ALL"
        " SELECT COALESCE(MIN(flush_at), $1) FROM digests WHERE status = 'open')",
        at, err, "i", INT64_MAX);
}
