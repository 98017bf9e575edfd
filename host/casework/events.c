/* The append-only rows of a case's history. One insert, which a tick runs for every row it writes,
   and one list, which everything that shows a case reads. */
#include "casework/events.h"

#include "base/digest.h"

#define EVENTS_INSERT                                                                            \
    "INSERT INTO events (case_id, seq, is_input, kind, name, at, now, actor, recorder, version," \
    " calendar, line, body, digest, hash, occurred) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9," \
    " $10, $11, $12, $13, $14, $15, "

bool events_add(struct store *store, int64_t case_id, const struct event *event,
                int64_t activation_id, int64_t calendar_id, struct err *err)
{
    if (event->has_occurred) {
        return store_run(store, EVENTS_INSERT "$16)", NULL, err, "iiittiittiiitbbi", case_id,
                         event->seq, (int64_t)event->is_input, event->kind.bytes, event->name.bytes,
                         event->at, event->now, event->actor.bytes, event->recorder.bytes,
                         activation_id, calendar_id, event->line, event->body.bytes, event->digest,
                         (size_t)DIGEST_SIZE, event->hash, (size_t)DIGEST_SIZE, event->occurred);
    }
    return store_run(store, EVENTS_INSERT "NULL)", NULL, err, "iiittiittiiitbb", case_id,
                     event->seq, (int64_t)event->is_input, event->kind.bytes, event->name.bytes,
                     event->at, event->now, event->actor.bytes, event->recorder.bytes,
                     activation_id, calendar_id, event->line, event->body.bytes, event->digest,
                     (size_t)DIGEST_SIZE, event->hash, (size_t)DIGEST_SIZE);
}

static void read_line(const struct stmt *stmt, struct event_line *line)
{
    line->seq = stmt_int(stmt, 0);
    line->is_input = stmt_int(stmt, 1) != 0;
    line->kind = stmt_text(stmt, 2, NULL);
    line->name = stmt_text(stmt, 3, NULL);
    line->at = stmt_int(stmt, 4);
    line->now = stmt_int(stmt, 5);
    line->has_occurred = !stmt_is_null(stmt, 6);
    line->occurred = line->has_occurred ? stmt_int(stmt, 6) : 0;
    line->actor = stmt_text(stmt, 7, NULL);
    line->actor_name = stmt_text(stmt, 8, NULL);
    line->recorder = stmt_text(stmt, 9, NULL);
    line->activation_id = stmt_int(stmt, 10);
    line->line = stmt_int(stmt, 11);
    line->body = stmt_text(stmt, 12, NULL);
    line->is_for_another = stmt_int(stmt, 13) != 0;
    line->stands_for = stmt_text(stmt, 14, NULL);
}

bool events_list(struct store *store, int64_t case_id, int64_t after, event_line_fn *each,
                 void *context, struct err *err)
{
    static const char sql[] =
        "SELECT e.seq, e.is_input, e.kind, e.name, e.at, e.now, e.occurred, e.actor, p.name,"
        " e.recorder, e.version, e.line, e.body,"
        " CASE WHEN e.actor IS NOT NULL AND e.recorder IS NOT NULL"
        " AND COALESCE((SELECT h.person_id FROM holders AS h WHERE h.account_id = r.account_id"
        " AND h.since <= e.now ORDER BY h.since DESC LIMIT 1), 0) <> COALESCE(p.person_id, 0)"
        " THEN 1 ELSE 0 END, (SELECT o.name FROM stand_ins AS s JOIN roles AS l ON l.role_id ="
        " s.role_id JOIN people AS o ON o.person_id = l.lent_by"
        " WHERE s.case_id = e.case_id AND s.seq = e.seq)"
        " FROM events AS e LEFT JOIN people AS p ON p.code = e.actor"
        " LEFT JOIN accounts AS r ON r.name = e.recorder"
        " WHERE e.case_id = $1 AND e.seq > $2 ORDER BY e.seq";
    struct event_line line;
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store, sql, &stmt, err, "ii", case_id, after)) {
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
