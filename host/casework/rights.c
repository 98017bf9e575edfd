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

/* A lent role is worth what the lender's own is on that day. */
#define LENT_STANDS                                                                              \
    "(r.lent_by IS NULL OR EXISTS (SELECT 1 FROM roles AS o WHERE o.person_id = r.lent_by "      \
    "AND o.lent_by IS NULL AND o.role = r.role AND o.office_id = r.office_id "                   \
    "AND o.unit_id IS r.unit_id AND o.starts_on <= $3 AND (o.ends_on IS NULL OR o.ends_on >= $3" \
    ")))"
#define HELD "AND r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $3) AND " LENT_STANDS
#define WHO "SELECT p.person_id, p.name, COALESCE(r.unit_id, 0), "
#define LENT "CASE WHEN r.lent_by IS NULL THEN 0 ELSE r.role_id END "
#define ORDER "AND ($4 = 0 OR p.person_id = $4) ORDER BY p.person_id, r.lent_by IS NOT NULL"

/* One question over a resolved principal; person_id 0 asks for everybody. Columns: person_id, name,
   unit_id, lent role. */
static bool ask(struct site *site, int64_t office_id, int64_t person_id,
                const struct value *principal, const char *day, struct stmt **stmt, struct err *err)
{
    const char *role = value_get_text(principal, "role");

    if (is_kind(principal, "person")) {
        return store_ask(site->store,
                         "SELECT person_id, name, 0, 0 FROM people WHERE code = $1 "
                         "AND ($2 = 0 OR person_id = $2)",
                         stmt, err, "ti", value_get_text(principal, "person"), person_id);
    }
    if (is_kind(principal, "unit")) {
        return store_ask(site->store,
                         "WITH RECURSIVE heirs (unit_id) AS (SELECT unit_id FROM units "
                         "WHERE code = $1 UNION SELECT s.into_id FROM successors AS s JOIN heirs "
                         "AS h ON s.unit_id = h.unit_id WHERE s.since <= $3) " WHO LENT
                         "FROM heirs AS h JOIN roles AS r ON r.unit_id = h.unit_id "
                         "JOIN people AS p ON p.person_id = r.person_id "
                         "WHERE r.role = $2 " HELD ORDER,
                         stmt, err, "ttti", value_get_text(principal, "unit"), role, day,
                         person_id);
    }
    if (is_kind(principal, "role")) {
        return store_ask(site->store,
                         WHO LENT
                         "FROM roles AS r JOIN people AS p ON p.person_id = r.person_id "
                         "WHERE r.office_id = $1 AND r.role = $2 AND r.unit_id IS NULL " HELD ORDER,
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
    int64_t last = 0;
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
        if (has_row && stmt_int(stmt, 0) != last && told++ < HOLDERS_TOLD) {
            buf_add_format(out, "%s%s%s", told > 1 ? SAY("、", ", ") : SAY("，现为", ", now "),
                           stmt_text(stmt, 1, NULL),
                           stmt_int(stmt, 3) ? SAY("（代）", " (acting)") : "");
        }
        last = has_row ? stmt_int(stmt, 0) : last;
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
    err_want_role(err);
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
            how->lent_id = stmt_int(stmt, 3);
            row_put(how->role, sizeof how->role, value_get_text(one, "role"));
        }
        stmt_reset(stmt);
    }
    ok = is_held || refuse(site, question, all, day, err);
done:
    value_free(all);
    return ok;
}

/* Accounts that may: those that administer the site, and those of people who are admin above. */
#define ADMINS                                                                                    \
    "WITH RECURSIVE above (office_id, parent_id) AS (SELECT office_id, parent_id FROM offices "   \
    "WHERE office_id = $1 UNION ALL SELECT o.office_id, o.parent_id FROM offices AS o JOIN "      \
    "above AS b ON o.office_id = b.parent_id) SELECT a.account_id, a.name, COALESCE(p.name, '') " \
    "FROM accounts AS a LEFT JOIN people AS p ON p.person_id = a.person_id "                      \
    "WHERE a.is_disabled = 0 AND ($2 = 0 OR a.account_id = $2) AND (a.is_admin = 1 OR EXISTS ("   \
    "SELECT 1 FROM roles AS r JOIN above AS b ON b.office_id = r.office_id "                      \
    "WHERE r.person_id = a.person_id AND r.role = 'admin' AND r.unit_id IS NULL " HELD            \
    ")) ORDER BY a.account_id"

static bool ask_admins(struct site *site, int64_t office_id, int64_t account_id, struct stmt **stmt,
                       struct err *err)
{
    char today[12];

    clock_format_day(clock_day(site_now(site)), today);
    return store_ask(site->store, ADMINS, stmt, err, "iit", office_id, account_id, today);
}

/* "账号 wang（王管理）、账号 root" */
static bool name_admins(struct site *site, int64_t office_id, struct buf *out, size_t *count,
                        struct err *err)
{
    bool has_row = true;
    struct stmt *stmt = NULL;

    if (!ask_admins(site, office_id, 0, &stmt, err)) {
        return false;
    }
    while (has_row) {
        const char *name;

        if (!stmt_step(stmt, &has_row, err)) {
            return false;
        }
        if (!has_row || (*count)++ >= HOLDERS_TOLD) {
            continue;
        }
        name = stmt_text(stmt, 2, NULL);
        buf_add_format(out,
                       *name ? SAY("%s账号 %s（%s）", "%saccount %s (%s)")
                             : SAY("%s账号 %s", "%saccount %s"),
                       *count > 1 ? SAY("、", ", ") : "", stmt_text(stmt, 1, NULL), name);
    }
    return true;
}

bool rights_administer(struct site *site, const struct rights_admin *who, struct err *err)
{
    bool is_held = false;
    size_t count = 0;
    struct stmt *stmt = NULL;
    struct buf names;

    if (!ask_admins(site, who->office_id, who->account->account_id, &stmt, err) ||
        !stmt_step(stmt, &is_held, err)) {
        return false;
    }
    stmt_reset(stmt);
    if (is_held) {
        return true;
    }
    buf_init(&names, 700);
    if (name_admins(site, who->office_id, &names, &count, err)) {
        is_held = count == 0 && who->is_owner;
        if (!is_held) {
            err_set(err, ERR_DENIED,
                    SAY("账号 %s 不能这样做；需要：%s（admin），现为%s",
                        "the account %s may not do this; needed: %s (admin), now %s"),
                    who->account->name, rights_title(site, "admin"),
                    count ? buf_text(&names) : SAY("无人", "nobody"));
            err_want_role(err);
        }
    }
    buf_clear(&names);
    return is_held;
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
