/* People and their roles. A role counts from its first day through its last, so an acting head or a
   handover needs nothing but dates. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "casework/rights.h"
#include "casework/rows.h"

bool registry_person(struct site *site, int64_t id, struct person *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT person_id, office_id, COALESCE(unit_id, 0), code, name, phone "
                   "FROM people WHERE person_id = $1",
                   &stmt, err, "i", id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        out->person_id = stmt_int(stmt, 0);
        out->office_id = stmt_int(stmt, 1);
        out->unit_id = stmt_int(stmt, 2);
        row_text(stmt, 3, out->code, sizeof out->code);
        row_text(stmt, 4, out->name, sizeof out->name);
        row_text(stmt, 5, out->phone, sizeof out->phone);
    } else {
        err_set(err, ERR_MISSING, SAY("没有这个人员", "there is no such person"));
    }
    stmt_reset(stmt);
    return has_row;
}

bool registry_person_find(struct site *site, int64_t office_id, const char *text,
                          struct person *out, struct err *err)
{
    int64_t id = 0;
    struct registry_search search = {.text = text, .office_id = office_id};

    /* Somebody whose every role has ended is not current; somebody without any is. */
    search.what = SAY("人员", "people");
    search.sql =
        "SELECT p.person_id, p.code, p.name, p.office_id, "
        "CASE WHEN EXISTS (SELECT 1 FROM roles AS r WHERE r.person_id = p.person_id "
        "AND (r.ends_on IS NULL OR r.ends_on >= $3)) OR NOT EXISTS (SELECT 1 FROM roles AS r "
        "WHERE r.person_id = p.person_id) THEN 1 ELSE 0 END, u.name "
        "FROM people AS p LEFT JOIN units AS u ON u.unit_id = p.unit_id "
        "WHERE p.code = $1 OR p.normal = $2 ORDER BY p.code";
    return registry_search(site, &search, &id, err) && registry_person(site, id, out, err);
}

static bool check(struct site *site, const struct person *person, struct err *err)
{
    int64_t taken = 0;

    if (!registry_check_text(site, SAY("人员编码", "code of the person"), person->code,
                             REGISTRY_CODE, err) ||
        !registry_check_text(site, SAY("姓名", "name"), person->name, REGISTRY_NAME, err) ||
        !store_one_int(site->store,
                       "SELECT COUNT(*) FROM people WHERE code = $1 AND person_id <> $2", &taken,
                       err, "ti", person->code, person->person_id)) {
        return false;
    }
    if (taken) {
        err_set(err, ERR_CONFLICT, SAY("人员编码 %s 已经有了", "the person's code %s is taken"),
                person->code);
    }
    return taken == 0;
}

bool registry_person_save(struct site *site, struct person *person, struct err *err)
{
    bool ok = false;
    char *normal = NULL;

    if (!check(site, person, err)) {
        return false;
    }
    normal = text_normal(person->name);
    if (person->person_id) {
        ok = store_run(site->store,
                       "UPDATE people SET office_id = $2, code = $3, name = $4, normal = $5, "
                       "unit_id = NULLIF($6, 0), phone = $7 WHERE person_id = $1",
                       NULL, err, "iitttit", person->person_id, person->office_id, person->code,
                       person->name, normal, person->unit_id, person->phone);
    } else {
        ok = store_run(site->store,
                       "INSERT INTO people (office_id, code, name, normal, unit_id, phone) "
                       "VALUES ($1, $2, $3, $4, NULLIF($5, 0), $6)",
                       NULL, err, "itttit", person->office_id, person->code, person->name, normal,
                       person->unit_id, person->phone);
        person->person_id = ok ? store_last_id(site->store) : 0;
    }
    mem_free(normal);
    return ok;
}

static bool check_dates(const char *starts_on, const char *ends_on, struct err *err)
{
    if (!registry_check_day(SAY("任职日期", "first day"), starts_on, false, err) ||
        !registry_check_day(SAY("离任日期", "last day"), ends_on, true, err)) {
        return false;
    }
    if (*ends_on && strcmp(ends_on, starts_on) < 0) {
        err_set(err, ERR_INVALID,
                SAY("离任日期 %s 早于任职日期 %s", "the last day %s lies before the first day %s"),
                ends_on, starts_on);
        return false;
    }
    return true;
}

bool registry_role_add(struct site *site, struct role *role, struct err *err)
{
    if (!rights_is_role(site, role->role)) {
        err_set(err, ERR_INVALID, SAY("没有“%s”这个角色", "there is no role \"%s\""), role->role);
        return false;
    }
    if (!check_dates(role->starts_on, role->ends_on, err) ||
        !store_run(site->store,
                   "INSERT INTO roles (person_id, office_id, unit_id, role, starts_on, ends_on, "
                   "lent_by, reason) VALUES ($1, $2, NULLIF($3, 0), $4, $5, $6, NULLIF($7, 0), $8)",
                   NULL, err, "iiitttit", role->person_id, role->office_id, role->unit_id,
                   role->role, role->starts_on, role->ends_on[0] ? role->ends_on : NULL,
                   role->lent_by, role->lent_by ? role->reason : NULL)) {
        return false;
    }
    role->role_id = store_last_id(site->store);
    return true;
}

bool registry_role_dates(struct site *site, int64_t role_id, const char *starts_on,
                         const char *ends_on, struct err *err)
{
    return check_dates(starts_on, ends_on, err) &&
           store_run(site->store,
                     "UPDATE roles SET starts_on = $2, ends_on = $3 WHERE role_id = $1", NULL, err,
                     "itt", role_id, starts_on, *ends_on ? ends_on : NULL);
}

bool registry_role_list(struct site *site, int64_t person_id, struct role **out, size_t *count,
                        struct err *err)
{
    bool has_row = false;
    struct role *list = NULL;
    size_t length = 0;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT role_id, person_id, office_id, COALESCE(unit_id, 0), role, starts_on, "
                   "ends_on, COALESCE(lent_by, 0), reason FROM roles WHERE person_id = $1 ORDER BY "
                   "starts_on, role_id",
                   &stmt, err, "i", person_id)) {
        return false;
    }
    for (;;) {
        struct role *next;

        if (!stmt_step(stmt, &has_row, err)) {
            mem_free(list);
            return false;
        }
        if (!has_row) {
            break;
        }
        list = row_room(list, length, sizeof *list);
        next = &list[length++];
        next->role_id = stmt_int(stmt, 0);
        next->person_id = stmt_int(stmt, 1);
        next->office_id = stmt_int(stmt, 2);
        next->unit_id = stmt_int(stmt, 3);
        row_text(stmt, 4, next->role, sizeof next->role);
        row_text(stmt, 5, next->starts_on, sizeof next->starts_on);
        row_text(stmt, 6, next->ends_on, sizeof next->ends_on);
        next->lent_by = stmt_int(stmt, 7);
        row_text(stmt, 8, next->reason, sizeof next->reason);
    }
    *out = list;
    *count = length;
    return true;
}
