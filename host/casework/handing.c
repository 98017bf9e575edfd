/* Roles pass by their dates: the one ends the day before, the other begins. Messages that were
   meant for a role find its holder by themselves when they go out; those meant for the person are
   turned to the other one here. */
#include "casework/handing.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rights.h"
#include "casework/rows.h"

/* ---- roles ---- */

/* Nobody else holds what this one held. */
static bool is_vacant(struct site *site, const struct role *role, bool *is_it, struct err *err)
{
    int64_t held = 0;
    char today[12];

    clock_format_day(clock_day(site_now(site)), today);
    *is_it = false;
    if (!store_one_int(site->store,
                       "SELECT COUNT(*) FROM roles WHERE office_id = $1 AND role = $2"
                       " AND COALESCE(unit_id, 0) = $3 AND starts_on <= $4"
                       " AND (ends_on IS NULL OR ends_on >= $4)",
                       &held, err, "itit", role->office_id, role->role, role->unit_id, today)) {
        return false;
    }
    *is_it = held == 0;
    return true;
}

static bool passes(struct site *site, const struct handing *handing, const struct role *role,
                   bool *does, struct err *err)
{
    int64_t day;
    char before[12];

    *does = false;
    if (role->office_id != handing->office_id || role->lent_by ||
        strcmp(role->starts_on, handing->since) >= 0) {
        return true;
    }
    if (!clock_parse_day(handing->since, &day, err)) {
        return false;
    }
    clock_format_day(day - 1, before);
    *does = !role->ends_on[0] || strcmp(role->ends_on, before) >= 0;
    return *does || is_vacant(site, role, does, err);
}

bool handing_roles(struct site *site, const struct handing *handing, struct role **out,
                   size_t *count, struct err *err)
{
    struct role *list = NULL;
    size_t all = 0;
    size_t kept = 0;

    if (!registry_role_list(site, handing->from->person_id, &list, &all, err)) {
        return false;
    }
    for (size_t i = 0; i < all; i++) {
        bool does = false;

        if (!passes(site, handing, &list[i], &does, err)) {
            mem_free(list);
            return false;
        }
        if (does) {
            list[kept++] = list[i];
        }
    }
    *out = list;
    *count = kept;
    return true;
}

/* Does the other one hold it already, as an own role, from that day on? */
static bool has_it(struct site *site, const struct handing *handing, const struct role *role,
                   bool *does, struct err *err)
{
    int64_t held = 0;

    *does = false;
    if (!store_one_int(site->store,
                       "SELECT COUNT(*) FROM roles WHERE person_id = $1 AND office_id = $2"
                       " AND role = $3 AND COALESCE(unit_id, 0) = $4 AND lent_by IS NULL"
                       " AND starts_on <= $5 AND (ends_on IS NULL OR ends_on >= $5)",
                       &held, err, "iitit", handing->to->person_id, role->office_id, role->role,
                       role->unit_id, handing->since)) {
        return false;
    }
    *does = held > 0;
    return true;
}

static bool pass_role(struct site *site, const struct handing *handing, const struct role *role,
                      struct err *err)
{
    struct role next = *role;
    int64_t day;
    char last[12];
    bool does = false;

    if (!clock_parse_day(handing->since, &day, err) || !has_it(site, handing, role, &does, err)) {
        return false;
    }
    clock_format_day(day - 1, last);
    next.person_id = handing->to->person_id;
    row_put(next.starts_on, sizeof next.starts_on, handing->since);
    if (strcmp(next.ends_on, handing->since) < 0) {
        next.ends_on[0] = '\0';
    }
    if (role->ends_on[0] && strcmp(role->ends_on, last) < 0) {
        row_put(last, sizeof last, role->ends_on);
    }
    return (does || registry_role_add(site, &next, err)) &&
           registry_role_dates(site, role->role_id, role->starts_on, last, err);
}

static bool pass_roles(struct site *site, const struct handing *handing, struct err *err)
{
    struct role *roles = NULL;
    size_t count = 0;
    bool ok;

    if (!handing->has_roles) {
        return true;
    }
    ok = handing_roles(site, handing, &roles, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        ok = pass_role(site, handing, &roles[i], err);
    }
    mem_free(roles);
    return ok;
}

/* ---- messages ---- */

static bool is_passed(const struct handing *handing, const char *number)
{
    for (size_t i = 0; number && i < value_count(handing->cases); i++) {
        if (strcmp(value_get_text(value_at(handing->cases, i), "number"), number) == 0) {
            return true;
        }
    }
    return !number;
}

/* How a principal list names this person, in canonical JSON. */
static void name_person(const char *code, struct buf *out)
{
    buf_add_format(out, "\"person\":\"%s\"", code);
}

bool handing_messages(struct site *site, const struct handing *handing, handing_message_fn *each,
                      void *context, struct err *err)
{
    static const char sql[] =
        "SELECT o.outbox_id, o.template, c.number, o.principals = '[]' OR instr(o.principals, $2) "
        "> 0,"
        " instr(o.principals, '\"role\":') > 0 FROM outbox AS o"
        " LEFT JOIN cases AS c ON c.case_id = o.case_id"
        " WHERE o.person_id = $1 AND o.status = 'waiting' ORDER BY o.outbox_id";
    struct stmt *stmt = NULL;
    bool has_row = false;
    struct buf name;
    bool ok;

    buf_init(&name, 256);
    name_person(handing->from->code, &name);
    ok = store_ask(site->store, sql, &stmt, err, "it", handing->from->person_id, buf_text(&name));
    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct handing_message message = {.outbox_id = stmt_int(stmt, 0),
                                          .template = stmt_text(stmt, 1, NULL),
                                          .number = stmt_text(stmt, 2, NULL),
                                          .is_personal = stmt_int(stmt, 3) != 0};

        if (message.is_personal ? is_passed(handing, message.number)
                                : handing->has_roles && stmt_int(stmt, 4)) {
            each(context, &message);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    buf_clear(&name);
    return ok;
}

struct turning {
    int64_t *ids;
    size_t count;
};

static void take_personal(void *context, const struct handing_message *message)
{
    struct turning *turning = context;

    if (message->is_personal) {
        turning->ids = row_room(turning->ids, turning->count, sizeof *turning->ids);
        turning->ids[turning->count++] = message->outbox_id;
    }
}

/* Where the other one gets the same message anyway, this one is not sent. */
static bool turn(struct site *site, const struct handing *handing, int64_t id, const char *before,
                 const char *after, struct err *err)
{
    int64_t changed = 0;

    return store_run(site->store,
                     "UPDATE OR IGNORE outbox SET person_id = $2, message = NULL,"
                     " principals = replace(principals, $3, $4) WHERE outbox_id = $1",
                     &changed, err, "iitt", id, handing->to->person_id, before, after) &&
           (changed ||
            store_run(site->store,
                      "UPDATE outbox SET status = 'cancelled', hold_until = NULL, reason = $2"
                      " WHERE outbox_id = $1",
                      NULL, err, "it", id,
                      SAY("已移交，接交人另有同一消息",
                          "handed over; the other one gets the same message")));
}

static bool pass_messages(struct site *site, const struct handing *handing, struct err *err)
{
    struct turning turning = {0};
    struct buf before;
    struct buf after;
    bool ok = handing_messages(site, handing, take_personal, &turning, err);

    buf_init(&before, 256);
    buf_init(&after, 256);
    name_person(handing->from->code, &before);
    name_person(handing->to->code, &after);
    for (size_t i = 0; ok && i < turning.count; i++) {
        ok = turn(site, handing, turning.ids[i], buf_text(&before), buf_text(&after), err);
    }
    buf_clear(&before);
    buf_clear(&after);
    mem_free(turning.ids);
    return ok;
}

bool handing_apply(struct site *site, const struct handing *handing, struct err *err)
{
    return pass_roles(site, handing, err) && pass_messages(site, handing, err);
}
