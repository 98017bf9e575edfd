/* Who may act: roles by day, in the case's office or for a unit that its record names. */
#include "casework/rights.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/rows.h"

#define HOLDERS_TOLD 5

struct known_role {
    const char *name;
    const char *title;
};

static const struct known_role ROLES[] = {
    {"director", "编办主任"},    {"deputy", "分管领导"},  {"section_head", "处室负责人"},
    {"clerk", "经办人"},         {"registry", "综合处"},  {"commission", "编委"},
    {"archivist", "档案员"},     {"reader", "查阅人"},    {"liaison", "联络员"},
    {"principal", "主要负责人"}, {"admin", "系统管理员"},
};

static const char *known_title(const struct site *site, const char *role)
{
    for (size_t i = 0; role && i < COUNT_OF(ROLES); i++) {
        if (strcmp(role, ROLES[i].name) == 0) {
            return ROLES[i].title;
        }
    }
    return role ? value_get_text(site->conf.roles, role) : NULL;
}

bool rights_is_role(const struct site *site, const char *role)
{
    return known_title(site, role) != NULL;
}

const char *rights_title(const struct site *site, const char *role)
{
    const char *title = known_title(site, role);

    return title ? title : role;
}

struct value *rights_roles(const struct site *site)
{
    struct value *roles = site->conf.roles ? value_copy(site->conf.roles) : value_new_map();

    for (size_t i = 0; i < COUNT_OF(ROLES); i++) {
        value_set_text(roles, ROLES[i].name, ROLES[i].title);
    }
    return roles;
}

static bool is_kind(const struct value *principal, const char *kind)
{
    const char *text = value_get_text(principal, "kind");

    return text && strcmp(text, kind) == 0;
}

static void push_resolved(struct value *list, const struct value *principal, const char *code)
{
    struct value *one = value_new_map();
    bool is_unit = is_kind(principal, "unit_of");

    value_set_text(one, "kind", is_unit ? "unit" : "person");
    value_set_text(one, is_unit ? "unit" : "person", code);
    if (is_unit) {
        value_set_text(one, "role", value_get_text(principal, "role"));
    }
    value_push(list, one);
}

/* Resolves a principal over a record: a list of resolved ones (unit_of over a list field gives
   several, over an empty field none). The caller frees it. */
static struct value *resolve(const struct value *principal, const struct value *record)
{
    struct value *list = value_new_list();
    const char *name = value_get_text(principal, "field");
    const struct value *field = name ? value_get(record, name) : NULL;

    if (!is_kind(principal, "unit_of") && !is_kind(principal, "person_of")) {
        value_push(list, value_copy(principal));
        return list;
    }
    if (value_text(field)) {
        push_resolved(list, principal, value_text(field));
    }
    for (size_t i = 0; value_kind(field) == VALUE_LIST && i < value_count(field); i++) {
        if (value_text(value_at(field, i))) {
            push_resolved(list, principal, value_text(value_at(field, i)));
        }
    }
    return list;
}

struct value *rights_resolve(const struct value *principals, const struct value *record)
{
    struct value *all = value_new_list();

    for (size_t i = 0; i < value_count(principals); i++) {
        struct value *some = resolve(value_at(principals, i), record);

        for (size_t k = 0; k < value_count(some); k++) {
            value_push(all, value_copy(value_at(some, k)));
        }
        value_free(some);
    }
    return all;
}

/* One question over a resolved principal; person_id 0 asks for everybody. Columns: person_id, name,
 * unit_id. */
static bool ask(struct site *site, int64_t office_id, int64_t person_id,
                const struct value *principal, const char *day, struct stmt **stmt, struct err *err)
{
    const char *role = value_get_text(principal, "role");

    if (is_kind(principal, "person")) {
        return store_ask(site->store,
                         "SELECT person_id, name, 0 FROM people WHERE code = $1 "
                         "AND ($2 = 0 OR person_id = $2)",
                         stmt, err, "ti", value_get_text(principal, "person"), person_id);
    }
    if (is_kind(principal, "unit")) {
        return store_ask(site->store,
                         "SELECT p.person_id, p.name, r.unit_id FROM roles AS r "
                         "JOIN units AS u ON u.unit_id = r.unit_id "
                         "JOIN people AS p ON p.person_id = r.person_id "
                         "WHERE u.code = $1 AND r.role = $2 AND r.starts_on <= $3 "
                         "AND (r.ends_on IS NULL OR r.ends_on >= $3) "
                         "AND ($4 = 0 OR p.person_id = $4) ORDER BY p.person_id",
                         stmt, err, "ttti", value_get_text(principal, "unit"), role, day,
                         person_id);
    }
    if (is_kind(principal, "role")) {
        return store_ask(site->store,
                         "SELECT p.person_id, p.name, 0 FROM roles AS r "
                         "JOIN people AS p ON p.person_id = r.person_id "
                         "WHERE r.office_id = $1 AND r.role = $2 AND r.unit_id IS NULL "
                         "AND r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $3) "
                         "AND ($4 = 0 OR p.person_id = $4) ORDER BY p.person_id",
                         stmt, err, "itti", office_id, role, day, person_id);
    }
    err_set(err, ERR_INVALID, SAY("这不是有效的责任主体", "this is no principal"));
    return false;
}

bool rights_find(struct site *site, int64_t office_id, const struct value *principal, int64_t day,
                 int64_t **ids, size_t *count, struct err *err)
{
    char today[12];
    struct stmt *stmt = NULL;

    clock_format_day(day, today);
    return ask(site, office_id, 0, principal, today, &stmt, err) && row_ids(stmt, ids, count, err);
}

/* The name of a unit as a text, or its code when it is not there. */
static void add_unit_name(struct site *site, const char *code, struct buf *out)
{
    struct unit unit = {0};
    struct err ignored = {0};
    bool is_there = registry_unit_find(site, site->office_id, code, &unit, &ignored);

    buf_add_text(out, is_there ? unit.name : code);
}

/* "编办主任（director）" or "省教育厅的联络员（liaison）" and who that is on the day. */
static bool describe(struct site *site, const struct rights_question *question,
                     const struct value *principal, const char *day, struct buf *out,
                     struct err *err)
{
    size_t told = 0;
    bool has_row = true;
    const char *role = value_get_text(principal, "role");
    struct stmt *stmt = NULL;

    buf_add_text(out, out->length ? SAY("，或", ", or ") : "");
    if (is_kind(principal, "unit")) {
        add_unit_name(site, value_get_text(principal, "unit"), out);
        buf_add_text(out, SAY("的", ": "));
    }
    if (role) {
        buf_add_format(out, SAY("%s（%s）", "%s (%s)"), rights_title(site, role), role);
    }
    if (!ask(site, question->office_id, 0, principal, day, &stmt, err)) {
        return false;
    }
    while (has_row) {
        if (!stmt_step(stmt, &has_row, err)) {
            return false;
        }
        if (has_row && told++ < HOLDERS_TOLD) {
            buf_add_format(out, "%s%s", told > 1 ? SAY("、", ", ") : SAY("，现为", ", now "),
                           stmt_text(stmt, 1, NULL));
        }
    }
    buf_add_text(out, told > HOLDERS_TOLD ? SAY("等", " and others")
                      : told              ? ""
                                          : SAY("，现在无人担任", ", now nobody"));
    return true;
}

static bool refuse(struct site *site, const struct rights_question *question,
                   const struct value *resolved, const char *day, struct err *err)
{
    struct person person = {0};
    struct buf who;

    buf_init(&who, 700);
    for (size_t i = 0; i < value_count(resolved); i++) {
        if (!describe(site, question, value_at(resolved, i), day, &who, err)) {
            buf_clear(&who);
            return false;
        }
    }
    if (!question->person_id) {
        err_set(err, ERR_DENIED,
                SAY("没有写明由谁办理，请加 --by 姓名，如 --by 段远建；需要：%s",
                    "nobody is named as acting, add --by NAME; needed: %s"),
                buf_text(&who));
    } else if (registry_person(site, question->person_id, &person, err)) {
        err_set(err, ERR_DENIED, SAY("%s不能这样做；需要：%s", "%s may not do this; needed: %s"),
                person.name, who.length ? buf_text(&who) : SAY("无人可以", "nobody may"));
    }
    buf_clear(&who);
    return false;
}

/* Every principal resolved, each with the index it comes from under "from". */
static struct value *resolve_all(const struct rights_question *question)
{
    struct value *all = value_new_list();

    for (size_t i = 0; i < value_count(question->principals); i++) {
        struct value *some = resolve(value_at(question->principals, i), question->record);

        for (size_t j = 0; j < value_count(some); j++) {
            struct value *one = value_copy(value_at(some, j));

            value_set_int(one, "from", (int64_t)i);
            value_push(all, one);
        }
        value_free(some);
    }
    return all;
}

bool rights_may(struct site *site, const struct rights_question *question, struct rights_how *how,
                struct err *err)
{
    bool ok = false;
    bool is_held = false;
    char day[12];
    struct value *all = resolve_all(question);

    clock_format_day(question->day, day);
    for (size_t i = 0; question->person_id && !is_held && i < value_count(all); i++) {
        const struct value *one = value_at(all, i);
        struct stmt *stmt = NULL;

        if (!ask(site, question->office_id, question->person_id, one, day, &stmt, err) ||
            !stmt_step(stmt, &is_held, err)) {
            goto done;
        }
        if (is_held && how) {
            how->principal = (size_t)value_get_int(one, "from", 0);
            how->unit_id = stmt_int(stmt, 2);
            row_put(how->role, sizeof how->role, value_get_text(one, "role"));
        }
        stmt_reset(stmt);
    }
    ok = is_held || refuse(site, question, all, day, err);
done:
    value_free(all);
    return ok;
}

bool rights_scope(struct site *site, int64_t office_id, int64_t person_id, struct rights_scope *out,
                  struct err *err)
{
    struct person person = {0};

    if (person_id && !registry_person(site, person_id, &person, err)) {
        return false;
    }
    out->office_id = office_id;
    out->unit_id = person.unit_id;
    return true;
}
