/* Lending is one more row of a role, with its lender's name on it. Nobody lends more than they
   have: not for longer, and not what was lent to them. */
#include "casework/lending.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "casework/rights.h"
#include "casework/rows.h"

bool lending_role(const struct site *site, const char *word, char role[static 64], struct err *err)
{
    struct value *roles = rights_roles(site);
    struct nearest nearest;
    bool is_found = false;

    nearest_begin(&nearest, word);
    for (size_t i = 0; i < value_count(roles) && !is_found; i++) {
        const char *name = value_key_at(roles, i);
        const char *title = value_text(value_at(roles, i));

        is_found = strcmp(name, word) == 0 || strcmp(title, word) == 0;
        if (is_found) {
            row_put(role, 64, name);
        }
        nearest_offer(&nearest, name);
        nearest_offer(&nearest, title);
    }
    if (!is_found && nearest.best) {
        err_set(
            err, ERR_MISSING,
            SAY("没有“%s”这个角色，是不是“%s”？", "there is no role \"%s\", did you mean \"%s\"?"),
            word, nearest.best);
    } else if (!is_found) {
        err_set(err, ERR_MISSING, SAY("没有“%s”这个角色", "there is no role \"%s\""), word);
    }
    value_free(roles);
    return is_found;
}

static bool is_same(const struct lending *lending, const struct role *role)
{
    return role->office_id == lending->office_id && strcmp(role->role, lending->role) == 0 &&
           (!lending->unit_id || role->unit_id == lending->unit_id);
}

static bool overlaps(const struct lending *lending, const struct role *role)
{
    return strcmp(role->starts_on, lending->until) <= 0 &&
           (!role->ends_on[0] || strcmp(role->ends_on, lending->since) >= 0);
}

static bool covers(const struct lending *lending, const struct role *role)
{
    return strcmp(role->starts_on, lending->since) <= 0 &&
           (!role->ends_on[0] || strcmp(role->ends_on, lending->until) >= 0);
}

/* Why none of the lender's roles will do. */
static void refuse(struct site *site, const struct lending *lending, const struct role *near,
                   size_t fits, struct err *err)
{
    const char *title = rights_title(site, lending->role);

    if (fits > 1) {
        err_set(err, ERR_CONFLICT,
                SAY("%s在不止一个单位担任%s，请加 --unit 单位",
                    "%s is %s for several units; add --unit UNIT"),
                lending->from->name, title);
    } else if (near && near->lent_by) {
        err_set(err, ERR_CONFLICT,
                SAY("%s的%s是代理来的，不能再委托他人", "%s has %s on loan and cannot lend it on"),
                lending->from->name, title);
    } else if (near) {
        err_set(err, ERR_CONFLICT,
                SAY("%s担任%s的时间是 %s 至 %s，不能委托到这段时间以外",
                    "%s is %s from %s to %s, and cannot lend it beyond that"),
                lending->from->name, title, near->starts_on,
                near->ends_on[0] ? near->ends_on : SAY("今后", "now on"));
    } else {
        err_set(err, ERR_CONFLICT, SAY("%s不担任%s（%s），无从委托", "%s is not %s (%s)"),
                lending->from->name, title, lending->role);
    }
}

/* The own role of the lender that is lent. */
static bool find_own(struct site *site, const struct lending *lending, struct role *out,
                     struct err *err)
{
    struct role *list = NULL;
    struct role near = {0};
    size_t count = 0;
    size_t fits = 0;

    if (!registry_role_list(site, lending->from->person_id, &list, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_same(lending, &list[i])) {
            continue;
        }
        near = !near.role_id || near.lent_by ? list[i] : near;
        if (!list[i].lent_by && covers(lending, &list[i])) {
            fits += !fits || out->unit_id != list[i].unit_id;
            *out = list[i];
        }
    }
    mem_free(list);
    if (fits != 1) {
        refuse(site, lending, near.role_id ? &near : NULL, fits, err);
    }
    return fits == 1;
}

/* The lending there is already between the two; ERR_CONFLICT when the other one holds the role
   anyway. role_id 0: none. */
static bool find_lent(struct site *site, const struct lending *lending, const struct role *own,
                      struct role *out, struct err *err)
{
    struct role *list = NULL;
    size_t count = 0;
    bool ok = registry_role_list(site, lending->to->person_id, &list, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        const struct role *one = &list[i];

        if (!is_same(lending, one) || one->unit_id != own->unit_id || !overlaps(lending, one)) {
            continue;
        }
        if (!one->lent_by) {
            err_set(err, ERR_CONFLICT,
                    SAY("%s自己就担任%s（%s 起），不必委托", "%s is %s already, since %s"),
                    lending->to->name, rights_title(site, lending->role), one->starts_on);
            ok = false;
        } else if (one->lent_by == lending->from->person_id) {
            *out = *one;
        }
    }
    mem_free(list);
    return ok;
}

static bool check(struct site *site, const struct lending *lending, struct err *err)
{
    char today[12];

    clock_format_day(clock_day(site_now(site)), today);
    if (lending->from->person_id == lending->to->person_id) {
        err_set(err, ERR_INVALID, "%s",
                SAY("委托人和代理人是同一个人", "nobody lends a role to themselves"));
    } else if (strcmp(lending->since, today) < 0 || strcmp(lending->until, today) < 0) {
        err_set(err, ERR_INVALID,
                SAY("代理不能倒签：今天是 %s", "a role is not lent backwards: today is %s"), today);
    } else if (strcmp(lending->until, lending->since) < 0) {
        err_set(err, ERR_INVALID,
                SAY("代理到 %s 为止，早于起始日 %s", "it ends on %s, before it begins on %s"),
                lending->until, lending->since);
    } else {
        return true;
    }
    return false;
}

bool lending_make(struct site *site, const struct lending *lending, struct role *out,
                  bool *is_moved, struct err *err)
{
    struct role own = {0};
    struct role lent = {0};

    if (!check(site, lending, err) || !find_own(site, lending, &own, err) ||
        !find_lent(site, lending, &own, &lent, err)) {
        return false;
    }
    *is_moved = lent.role_id != 0;
    if (*is_moved) {
        bool has_begun = strcmp(lent.starts_on, lending->since) <= 0;

        row_put(lent.starts_on, sizeof lent.starts_on, has_begun ? lent.starts_on : lending->since);
        row_put(lent.ends_on, sizeof lent.ends_on, lending->until);
        *out = lent;
        return registry_role_dates(site, lent.role_id, lent.starts_on, lent.ends_on, err);
    }
    lent = own;
    lent.role_id = 0;
    lent.person_id = lending->to->person_id;
    lent.lent_by = lending->from->person_id;
    row_put(lent.starts_on, sizeof lent.starts_on, lending->since);
    row_put(lent.ends_on, sizeof lent.ends_on, lending->until);
    row_put(lent.reason, sizeof lent.reason, lending->reason);
    *out = lent;
    return registry_role_add(site, out, err);
}
