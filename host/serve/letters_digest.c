/* Several messages to one person as one: rows of an open window, until its time comes. The list is
   frozen and the one message made in the same transaction, so that none is lost or told twice. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"
#include "serve/pigeonholes.h"
#include "serve/letters.h"
#include "serve/letters_parts.h"

#define WINDOW "daily"
#define FLUSH_MOST 200

/* ---- in ---- */

static bool open_window(struct keeper *keeper, const struct addressee *to, int64_t now,
                        int64_t *digest_id, struct err *err)
{
    const struct workdays *workdays = NULL;

    if (!pigeonholes_workdays(keeper->pigeonholes, to->office_id, &workdays, err) ||
        !store_run(keeper->store,
                   "INSERT INTO digests (person_id, digest_key, flush_at, status)"
                   " VALUES ($1, $2, $3, 'open')",
                   NULL, err, "iti", to->person_id, WINDOW,
                   quiet_next(&to->quiet, workdays, to->digest_at, now))) {
        return false;
    }
    *digest_id = store_last_id(keeper->store);
    return true;
}

bool letters_collect(struct keeper *keeper, const struct letter *letter, const struct addressee *to,
                     int64_t now, struct err *err)
{
    int64_t digest_id = 0;

    if (!store_one_int(keeper->store,
                       "SELECT COALESCE(MAX(digest_id), 0) FROM digests WHERE person_id = $1"
                       " AND digest_key = $2 AND status = 'open'",
                       &digest_id, err, "it", to->person_id, WINDOW) ||
        (!digest_id && !open_window(keeper, to, now, &digest_id, err))) {
        return false;
    }
    return store_run(keeper->store,
                     "UPDATE outbox SET status = 'digested', digest_id = $2, hold_until = NULL,"
                     " reason = $3 WHERE outbox_id = $1",
                     NULL, err, "iit", letter->outbox_id, digest_id,
                     SAY("并入当日汇总", "goes with the digest of the day"));
}

/* ---- out ---- */

struct member {
    struct letter letter;
    bool is_closed; /* the case ended after the message was made */
};

struct members {
    struct member *list;
    size_t count;
};

static void members_clear(struct members *members)
{
    for (size_t i = 0; i < members->count; i++) {
        letter_clear(&members->list[i].letter);
    }
    mem_free(members->list);
    *members = (struct members){0};
}

static bool read_members(struct keeper *keeper, int64_t digest_id, struct members *out,
                         struct err *err)
{
    static const char sql[] =
        "SELECT o.outbox_id, o.case_id, COALESCE(c.office_id, p.office_id), o.person_id,"
        " o.created_at, o.effect_key, o.template, o.principals,"
        " COALESCE(c.closed_at > o.created_at, 0) FROM outbox AS o"
        " JOIN people AS p ON p.person_id = o.person_id"
        " LEFT JOIN cases AS c ON c.case_id = o.case_id"
        " WHERE o.digest_id = $1 AND o.status = 'digested' ORDER BY o.outbox_id";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(keeper->store, sql, &stmt, err, "i", digest_id)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        out->list = row_room(out->list, out->count, sizeof *out->list);
        out->list[out->count++] = (struct member){.letter = {.outbox_id = stmt_int(stmt, 0),
                                                             .case_id = row_id(stmt, 1),
                                                             .office_id = stmt_int(stmt, 2),
                                                             .person_id = stmt_int(stmt, 3),
                                                             .created_at = stmt_int(stmt, 4),
                                                             .key = row_copy(stmt, 5),
                                                             .template = row_copy(stmt, 6),
                                                             .principals = row_copy(stmt, 7)},
                                                  .is_closed = stmt_int(stmt, 8) != 0};
    }
    return false;
}

/* Back on its own way, which leads elsewhere by now. */
static bool let_go(struct keeper *keeper, int64_t outbox_id, bool is_single, struct err *err)
{
    return store_run(keeper->store,
                     "UPDATE outbox SET status = 'waiting', channel = NULL, hold_until = NULL,"
                     " digest_id = CASE WHEN $2 THEN digest_id END, reason = $3"
                     " WHERE outbox_id = $1",
                     NULL, err, "iit", outbox_id, (int64_t)is_single,
                     SAY("从汇总中取出", "taken out of the digest"));
}

/* Is the member still to be told to this person? One that is not has been settled. */
static bool look_again(struct keeper *keeper, const struct member *member, bool *is_good,
                       struct err *err)
{
    bool is_meant = false;

    *is_good = false;
    if (member->is_closed) {
        return letters_cancel(keeper, member->letter.outbox_id,
                              SAY("案件已办结", "the case was closed"), err);
    }
    if (!letters_is_meant(keeper, &member->letter, &is_meant, err)) {
        return false;
    }
    *is_good = is_meant;
    return is_meant || let_go(keeper, member->letter.outbox_id, false, err);
}

static bool make_message(struct keeper *keeper, int64_t digest_id, int64_t person_id, int64_t now,
                         struct err *err)
{
    char key[48];

    snprintf(key, sizeof key, "digest:%lld", (long long)digest_id);
    return store_run(keeper->store,
                     "INSERT INTO outbox (effect_key, person_id, template, data, principals,"
                     " status, created_at, priority, retry_at, lease_until, attempts, reason,"
                     " digest_id)"
                     " VALUES ($1, $2, $3, '{}', '[]', 'waiting', $4, 3, 0, 0, 0, '', $5)",
                     NULL, err, "titii", key, person_id, LETTERS_DIGEST, now, digest_id);
}

static bool flush(struct keeper *keeper, int64_t digest_id, int64_t person_id, int64_t now,
                  struct err *err)
{
    struct members members = {0};
    int64_t single = 0;
    size_t good = 0;
    bool ok = store_run(keeper->store, "UPDATE digests SET status = 'flushed' WHERE digest_id = $1",
                        NULL, err, "i", digest_id) &&
              read_members(keeper, digest_id, &members, err);

    for (size_t i = 0; ok && i < members.count; i++) {
        bool is_good = false;

        ok = look_again(keeper, &members.list[i], &is_good, err);
        good += is_good;
        single = is_good ? members.list[i].letter.outbox_id : single;
    }
    if (ok && good == 1) {
        ok = let_go(keeper, single, true, err);
    } else if (ok && good > 1) {
        ok = make_message(keeper, digest_id, person_id, now, err);
    }
    members_clear(&members);
    return ok;
}

bool letters_flush(struct keeper *keeper, int64_t now, struct err *err)
{
    int64_t digests[FLUSH_MOST];
    int64_t people[FLUSH_MOST];
    size_t count = FLUSH_MOST;

    while (count == FLUSH_MOST) {
        struct stmt *stmt = NULL;
        bool has_row = true;

        if (!store_ask(keeper->store,
                       "SELECT digest_id, person_id FROM digests WHERE status = 'open'"
                       " AND flush_at <= $1 ORDER BY flush_at, digest_id LIMIT $2",
                       &stmt, err, "ii", now, (int64_t)FLUSH_MOST)) {
            return false;
        }
        for (count = 0; has_row; count += has_row) {
            if (!stmt_step(stmt, &has_row, err)) {
                return false;
            }
            if (has_row) {
                digests[count] = stmt_int(stmt, 0);
                people[count] = stmt_int(stmt, 1);
            }
        }
        for (size_t i = 0; i < count; i++) {
            if (!flush(keeper, digests[i], people[i], now, err)) {
                return false;
            }
        }
    }
    return true;
}
