/* The roles of a person as a short list, and principals compared with it. */
#include "casework/duties.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "casework/registry.h"
#include "casework/rows.h"

struct held {
    int64_t office_id;
    char unit[REGISTRY_CODE]; /* "": in the office itself */
    char role[REGISTRY_CODE];
};

struct duties {
    char person[REGISTRY_CODE];
    struct held *list;
    size_t count;
};

static bool read_roles(struct duties *duties, struct stmt *stmt, struct err *err)
{
    bool has_row = false;
    bool ok;

    while ((ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct held *one;

        duties->list = row_room(duties->list, duties->count, sizeof *duties->list);
        one = &duties->list[duties->count++];
        one->office_id = stmt_int(stmt, 0);
        row_text(stmt, 1, one->unit, sizeof one->unit);
        row_text(stmt, 2, one->role, sizeof one->role);
    }
    stmt_reset(stmt);
    return ok;
}

bool duties_open(struct site *site, int64_t person_id, int64_t day, struct duties **out,
                 struct err *err)
{
    struct duties *duties = mem_new(sizeof *duties);
    struct person person = {0};
    struct stmt *stmt = NULL;
    char today[12];

    clock_format_day(day, today);
    if ((person_id && !registry_person(site, person_id, &person, err)) ||
        !store_ask(site->store,
                   "SELECT r.office_id, u.code, r.role FROM roles AS r LEFT JOIN units AS u ON"
                   " u.unit_id = r.unit_id WHERE r.person_id = $1 AND r.starts_on <= $2"
                   " AND (r.ends_on IS NULL OR r.ends_on >= $2)",
                   &stmt, err, "it", person_id, today) ||
        !read_roles(duties, stmt, err)) {
        duties_close(duties);
        return false;
    }
    row_put(duties->person, sizeof duties->person, person.code);
    *out = duties;
    return true;
}

void duties_close(struct duties *duties)
{
    if (duties) {
        mem_free(duties->list);
        mem_free(duties);
    }
}

bool duties_has_role(const struct duties *duties, int64_t office_id, const char *role)
{
    for (size_t i = 0; role && i < duties->count; i++) {
        const struct held *one = &duties->list[i];

        if (one->office_id == office_id && !one->unit[0] && strcmp(one->role, role) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const HEADS[] = {"director", "deputy", "section_head"};

bool duties_is_head_role(const char *role)
{
    for (size_t i = 0; role && i < COUNT_OF(HEADS); i++) {
        if (strcmp(role, HEADS[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool duties_is_head(const struct duties *duties, int64_t office_id)
{
    for (size_t i = 0; i < COUNT_OF(HEADS); i++) {
        if (duties_has_role(duties, office_id, HEADS[i])) {
            return true;
        }
    }
    return false;
}

/* unit NULL: of any unit. */
static bool has_unit_role(const struct duties *duties, const char *unit, const char *role)
{
    for (size_t i = 0; role && i < duties->count; i++) {
        const struct held *one = &duties->list[i];

        if (one->unit[0] && (!unit || strcmp(one->unit, unit) == 0) &&
            strcmp(one->role, role) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_person(const struct duties *duties, const char *code)
{
    return code && duties->person[0] && strcmp(code, duties->person) == 0;
}

/* One code that a field of the record names. */
static bool fits(const struct duties *duties, const struct value *principal, const char *code)
{
    const char *role = value_get_text(principal, "role");

    return code && (role ? has_unit_role(duties, code, role) : is_person(duties, code));
}

static bool fits_field(const struct duties *duties, const struct value *principal,
                       const struct value *field)
{
    if (fits(duties, principal, value_text(field))) {
        return true;
    }
    for (size_t i = 0; value_kind(field) == VALUE_LIST && i < value_count(field); i++) {
        if (fits(duties, principal, value_text(value_at(field, i)))) {
            return true;
        }
    }
    return false;
}

static enum duty may_one(const struct duties *duties, const struct value *principal,
                         int64_t office_id, const struct value *record)
{
    const char *field = value_get_text(principal, "field");
    const char *unit = value_get_text(principal, "unit");
    const char *role = value_get_text(principal, "role");
    bool is_theirs;

    if (field && !record) {
        is_theirs = role ? has_unit_role(duties, NULL, role) : duties->person[0] != '\0';
        return is_theirs ? DUTY_ASKS : DUTY_NO;
    }
    if (field) {
        is_theirs = fits_field(duties, principal, value_get(record, field));
    } else if (unit) {
        is_theirs = has_unit_role(duties, unit, role);
    } else {
        is_theirs = role ? duties_has_role(duties, office_id, role)
                         : is_person(duties, value_get_text(principal, "person"));
    }
    return is_theirs ? DUTY_YES : DUTY_NO;
}

enum duty duties_may(const struct duties *duties, const struct value *principals, int64_t office_id,
                     const struct value *record)
{
    enum duty found = DUTY_NO;

    for (size_t i = 0; i < value_count(principals); i++) {
        enum duty one = may_one(duties, value_at(principals, i), office_id, record);

        if (one == DUTY_YES) {
            return DUTY_YES;
        }
        found = one == DUTY_ASKS ? DUTY_ASKS : found;
    }
    return found;
}
