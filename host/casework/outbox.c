/* Messages that a decision asked for. Sending them is the work of a courier; here they are put down
   once under their key, listed, cancelled, and sent again when a person says so. */
#include "casework/outbox.h"

#include <string.h>

#include "base/text.h"
#include "casework/rows.h"

static void read_line(const struct stmt *stmt, struct outbox_line *line)
{
    *line = (struct outbox_line){.outbox_id = stmt_int(stmt, 0),
                                 .number = stmt_text(stmt, 1, NULL),
                                 .office_id = stmt_int(stmt, 2),
                                 .effect_key = stmt_text(stmt, 3, NULL),
                                 .person = stmt_text(stmt, 4, NULL),
                                 .person_name = stmt_text(stmt, 5, NULL),
                                 .unit_name = stmt_text(stmt, 6, NULL),
                                 .template = stmt_text(stmt, 7, NULL),
                                 .data = stmt_text(stmt, 8, NULL),
                                 .status = stmt_text(stmt, 9, NULL),
                                 .created_at = stmt_int(stmt, 10),
                                 .channel = stmt_text(stmt, 11, NULL),
                                 .priority = stmt_int(stmt, 12),
                                 .hold_until = row_id(stmt, 13),
                                 .expires_at = row_id(stmt, 14),
                                 .retry_at = stmt_int(stmt, 15),
                                 .attempts = stmt_int(stmt, 16),
                                 .seen_at = row_id(stmt, 17),
                                 .reason = stmt_text(stmt, 18, NULL),
                                 .message = stmt_text(stmt, 19, NULL)};
}

#define LINES                                                                           \
    "SELECT o.outbox_id, c.number, p.office_id, o.effect_key, p.code, p.name, u.name,"  \
    " o.template, o.data, o.status, o.created_at, o.channel, o.priority, o.hold_until," \
    " o.expires_at, o.retry_at, o.attempts, o.seen_at, o.reason, o.message"             \
    " FROM outbox AS o JOIN people AS p ON p.person_id = o.person_id"                   \
    " LEFT JOIN cases AS c ON c.case_id = o.case_id"                                    \
    " LEFT JOIN units AS u ON u.unit_id = p.unit_id"                                    \
    " WHERE o.outbox_id BETWEEN $1 AND $2 AND ($3 = 0 OR o.case_id = $3)"               \
    " AND ($4 = '' OR o.status = $4) AND ($5 = '' OR o.channel = $5)"                   \
    " AND o.created_at >= $6 AND o.created_at < $7"

bool outbox_list(struct store *store, const struct outbox_filter *filter, outbox_line_fn *each,
                 void *context, struct err *err)
{
    struct stmt *stmt = NULL;
    struct outbox_line line;
    bool has_row = false;

    /* A case's are found by its id, whatever else there is. */
    if (!store_ask(store,
                   filter->case_id ? LINES " AND o.case_id = $3 ORDER BY o.outbox_id"
                                   : LINES " ORDER BY o.outbox_id",
                   &stmt, err, "iiittii", filter->outbox_id,
                   filter->outbox_id ? filter->outbox_id : INT64_MAX, filter->case_id,
                   filter->status ? filter->status : "", filter->channel ? filter->channel : "",
                   filter->since, filter->until ? filter->until : INT64_MAX)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            stmt_reset(stmt);
            return true;
        }
        read_line(stmt, &line);
        if (!each(context, &line)) {
            stmt_reset(stmt);
            return true;
        }
    }
    return false;
}

bool outbox_attempts(struct store *store, int64_t outbox_id, outbox_attempt_fn *each, void *context,
                     struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store,
                   "SELECT attempt, channel, at, COALESCE(micros, -1), bytes, status, code, text,"
                   " outcome FROM deliveries WHERE outbox_id = $1 ORDER BY attempt",
                   &stmt, err, "i", outbox_id)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        struct outbox_attempt attempt;

        if (!has_row) {
            return true;
        }
        attempt = (struct outbox_attempt){.attempt = stmt_int(stmt, 0),
                                          .channel = stmt_text(stmt, 1, NULL),
                                          .at = stmt_int(stmt, 2),
                                          .micros = stmt_int(stmt, 3),
                                          .bytes = stmt_int(stmt, 4),
                                          .status = stmt_int(stmt, 5),
                                          .code = stmt_text(stmt, 6, NULL),
                                          .text = stmt_text(stmt, 7, NULL),
                                          .outcome = stmt_text(stmt, 8, NULL)};
        if (!each(context, &attempt)) {
            stmt_reset(stmt);
            return true;
        }
    }
    return false;
}

bool outbox_add(struct store *store, const struct outbox_new *row, int64_t person_id,
                struct err *err)
{
    static const char sql[] =
        "INSERT INTO outbox (case_id, effect_key, person_id, template, data, principals, status,"
        " created_at, priority, retry_at, lease_until, attempts, reason)"
        " VALUES (NULLIF($1, 0), $2, $3, $4, $5, $6, 'waiting', $7, 2, 0, 0, 0, '')"
        " ON CONFLICT DO NOTHING";

    return store_run(store, sql, NULL, err, "itittti", row->case_id, row->key.bytes, person_id,
                     row->template.bytes, row->data.bytes,
                     row->principals.bytes ? row->principals.bytes : "[]", row->at);
}

bool outbox_cancel(struct store *store, int64_t case_id, struct span prefix, struct err *err)
{
    static const char sql[] =
        "UPDATE outbox SET status = 'cancelled' WHERE case_id = $1"
        " AND substr(effect_key, 1, length($2)) = $2 AND (status = 'waiting' OR"
        " (status = 'digested' AND EXISTS (SELECT 1 FROM digests AS d"
        " WHERE d.digest_id = outbox.digest_id AND d.status = 'open')))";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, case_id, err) &&
           stmt_bind_text_n(stmt, 2, prefix.bytes, prefix.length, err) && stmt_run(stmt, err);
}

static bool refuse_replay(struct store *store, int64_t outbox_id, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store, "SELECT status FROM outbox WHERE outbox_id = $1", &stmt, err, "i",
                   outbox_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING,
                SAY("没有消息 %lld，可用 duban outbox 查看",
                    "there is no message %lld; see duban outbox"),
                (long long)outbox_id);
        return false;
    }
    err_set(err, ERR_CONFLICT,
            strcmp(stmt_text(stmt, 0, NULL), "sent") == 0
                ? SAY("消息 %lld 平台已接收，不再重发",
                      "message %lld was accepted by its platform and is not sent again")
                : SAY("消息 %lld 既非不达，也非结果不明，不能重发",
                      "message %lld is neither dead nor unknown; there is nothing to send again"),
            (long long)outbox_id);
    stmt_reset(stmt);
    return false;
}

bool outbox_replay(struct store *store, int64_t outbox_id, int64_t at, struct err *err)
{
    int64_t changed = 0;

    if (!store_run(store,
                   "UPDATE outbox SET channel = CASE status WHEN 'dead' THEN NULL ELSE channel END,"
                   " message = CASE status WHEN 'dead' THEN NULL ELSE message END,"
                   " expires_at = CASE WHEN expires_at > $2 THEN expires_at END,"
                   " status = 'waiting', attempts = 0, retry_at = 0, hold_until = NULL,"
                   " reason = '' WHERE outbox_id = $1 AND status IN ('dead', 'unknown')",
                   &changed, err, "ii", outbox_id, at)) {
        return false;
    }
    return changed > 0 || refuse_replay(store, outbox_id, err);
}
