/* Doing what a plan of import lists, and remembering which row became what. */
#include "casework/imports.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/rows.h"
#include "casework/ways.h"

static const char *field_of(const struct import_line *line, const char *name)
{
    const char *text = value_get_text(line->fields, name);

    return text ? text : "";
}

/* Asked again where it is written: the plan may be older than the site. */
static bool is_own(const struct import_plan *plan, int64_t office_id, const char *name,
                   const struct import_line *line, struct err *err)
{
    if (office_id != plan->office_id) {
        err_set(err, ERR_CONFLICT,
                SAY("编码 %s 属于其他机构（%s），本机构不能改",
                    "the code %s belongs to another office (%s), which alone may change it"),
                line->code, name);
    }
    return office_id == plan->office_id;
}

static bool apply_unit(struct site *site, const struct import_plan *plan,
                       const struct import_line *line, struct err *err)
{
    struct unit unit = {.office_id = plan->office_id};

    if (line->action == IMPORT_CHANGE) {
        int64_t id = 0;

        if (!store_one_int(site->store, "SELECT unit_id FROM units WHERE code = $1", &id, err, "t",
                           line->code) ||
            !registry_unit(site, id, &unit, err) ||
            !is_own(plan, unit.office_id, unit.name, line, err)) {
            return false;
        }
    }
    row_put(unit.code, sizeof unit.code, field_of(line, "code"));
    row_put(unit.name, sizeof unit.name, field_of(line, "name"));
    row_put(unit.kind, sizeof unit.kind, field_of(line, "kind"));
    row_put(unit.region, sizeof unit.region, field_of(line, "region"));
    row_put(unit.level, sizeof unit.level, field_of(line, "level"));
    row_put(unit.starts_on, sizeof unit.starts_on, field_of(line, "starts_on"));
    row_put(unit.ends_on, sizeof unit.ends_on, field_of(line, "ends_on"));
    return registry_unit_save(site, &unit, err);
}

static bool has_change(const struct import_line *line, const char *field)
{
    for (size_t i = 0; i < value_count(line->changes); i++) {
        if (strcmp(value_get_text(value_at(line->changes, i), "field"), field) == 0) {
            return true;
        }
    }
    return false;
}

/* Addresses and hours that the sheet names. */
static bool apply_ways(struct site *site, const struct import_line *line, int64_t person_id,
                       bool is_new, struct err *err)
{
    for (size_t i = 0; i < WAYS_COUNT; i++) {
        const char *text = field_of(line, WAYS_NAMES[i]);

        if (*text && (is_new || has_change(line, WAYS_NAMES[i])) &&
            !ways_set(site, person_id, WAYS_NAMES[i], text, err)) {
            return false;
        }
    }
    return true;
}

/* The person of a line: written when new, changed only when asked. */
static bool apply_person(struct site *site, const struct import_plan *plan,
                         const struct import_line *line, bool is_overwrite, int64_t *id,
                         struct err *err)
{
    struct person person = {.office_id = plan->office_id};
    bool is_new;

    if (!store_one_int(site->store,
                       "SELECT COALESCE(MAX(person_id), 0) FROM people WHERE code = $1", id, err,
                       "t", line->code)) {
        return false;
    }
    is_new = *id == 0;
    if (!is_new && (!registry_person(site, *id, &person, err) ||
                    !is_own(plan, person.office_id, person.name, line, err))) {
        return false;
    }
    if (is_new || (is_overwrite && has_change(line, "name"))) {
        row_put(person.name, sizeof person.name, line->name);
    }
    if (is_new || (is_overwrite && has_change(line, "unit"))) {
        person.unit_id = value_get_int(line->fields, "unit_id", 0);
    }
    if (is_new || (is_overwrite && has_change(line, "phone"))) {
        row_put(person.phone, sizeof person.phone, field_of(line, "phone"));
    }
    row_put(person.code, sizeof person.code, line->code);
    if ((is_new || is_overwrite) && !registry_person_save(site, &person, err)) {
        return false;
    }
    *id = person.person_id;
    return !(is_new || is_overwrite) || apply_ways(site, line, *id, is_new, err);
}

static bool add_role(struct site *site, const struct import_plan *plan,
                     const struct import_line *line, int64_t person_id, struct err *err)
{
    struct role role = {.person_id = person_id, .office_id = plan->office_id};
    const char *starts_on = field_of(line, "starts_on");

    role.unit_id = value_get_int(line->fields, "unit_id", 0);
    row_put(role.role, sizeof role.role, field_of(line, "role"));
    row_put(role.ends_on, sizeof role.ends_on, field_of(line, "ends_on"));
    if (*starts_on) {
        row_put(role.starts_on, sizeof role.starts_on, starts_on);
    } else {
        clock_format_day(clock_day(site_now(site)), role.starts_on);
    }
    return registry_role_add(site, &role, err);
}

/* The dates of a role the site knows, where the sheet says something else. */
static bool move_role(struct site *site, const struct import_line *line, int64_t person_id,
                      int64_t role_id, struct err *err)
{
    bool ok = false;
    size_t count = 0;
    struct role *list = NULL;

    if (!registry_role_list(site, person_id, &list, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i].role_id == role_id) {
            const char *starts_on = field_of(line, "starts_on");
            const char *ends_on = field_of(line, "ends_on");

            ok = registry_role_dates(site, role_id, *starts_on ? starts_on : list[i].starts_on,
                                     *ends_on ? ends_on : list[i].ends_on, err);
        }
    }
    mem_free(list);
    return ok;
}

static bool apply_people(struct site *site, const struct import_plan *plan,
                         const struct import_line *line, bool is_overwrite, struct err *err)
{
    int64_t id = 0;
    int64_t role_id = value_get_int(line->fields, "role_id", 0);

    if (!apply_person(site, plan, line, is_overwrite, &id, err)) {
        return false;
    }
    if (!role_id && *field_of(line, "role")) {
        return add_role(site, plan, line, id, err);
    }
    if (role_id && is_overwrite && (has_change(line, "starts_on") || has_change(line, "ends_on"))) {
        return move_role(site, line, id, role_id, err);
    }
    return true;
}

static bool apply_line(struct site *site, const struct import_plan *plan,
                       const struct import_line *line, bool is_overwrite, struct err *err)
{
    bool ok;

    if (strcmp(plan->kind, "units") == 0) {
        ok = (line->action == IMPORT_CHANGE && !is_overwrite) || apply_unit(site, plan, line, err);
    } else {
        ok = apply_people(site, plan, line, is_overwrite, err);
    }
    if (!ok) {
        err_add(err, SAY("第 %zu 行", "row %zu"), line->row);
    }
    return ok;
}

bool import_apply(struct site *site, const struct import_plan *plan, bool is_overwrite,
                  struct import_result *out, struct err *err)
{
    struct import_result result = {0};

    for (size_t i = 0; i < plan->count; i++) {
        if (plan->lines[i].action == IMPORT_REFUSED) {
            err_set(err, ERR_INVALID, SAY("第 %zu 行：%s", "row %zu: %s"), plan->lines[i].row,
                    plan->lines[i].why);
            return false;
        }
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct import_line *line = &plan->lines[i];

        if (line->action != IMPORT_ADD && line->action != IMPORT_CHANGE) {
            continue;
        }
        if (!apply_line(site, plan, line, is_overwrite, err)) {
            return false;
        }
        result.added += line->action == IMPORT_ADD;
        result.changed += line->action == IMPORT_CHANGE && is_overwrite;
        result.left += line->action == IMPORT_CHANGE && !is_overwrite;
    }
    if (out) {
        *out = result;
    }
    return true;
}

void import_plan_clear(struct import_plan *plan)
{
    if (!plan) {
        return;
    }
    for (size_t i = 0; i < plan->count; i++) {
        mem_free(plan->lines[i].code);
        mem_free(plan->lines[i].name);
        mem_free(plan->lines[i].why);
        value_free(plan->lines[i].fields);
        value_free(plan->lines[i].changes);
    }
    mem_free(plan->lines);
    memset(plan, 0, sizeof *plan);
}

bool import_seen(struct site *site, int64_t office_id, const char *kind, const char *row_key,
                 const char *digest, char **target, bool *is_same, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT target, digest FROM imports WHERE office_id = $1 AND kind = $2 "
                   "AND row_key = $3",
                   &stmt, err, "itt", office_id, kind, row_key) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    *target = has_row ? row_copy(stmt, 0) : NULL;
    *is_same = has_row && strcmp(stmt_text(stmt, 1, NULL), digest) == 0;
    stmt_reset(stmt);
    return true;
}

bool import_keep(struct site *site, const struct import_mark *mark, struct err *err)
{
    return store_run(site->store,
                     "INSERT INTO imports (office_id, kind, row_key, digest, target, done_at) "
                     "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (office_id, kind, row_key) "
                     "DO UPDATE SET digest = excluded.digest, target = excluded.target, "
                     "done_at = excluded.done_at",
                     NULL, err, "itttti", mark->office_id, mark->kind, mark->row_key, mark->digest,
                     mark->target, site_now(site));
}
