/* Through which channel a person is reached: the first of the route that serves unit and roles and
   knows an address. */
#include "casework/routes.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/conf_channels.h"
#include "casework/rows.h"
#include "net/adapter.h"

static const struct adapter *kind_of(const struct value *channel)
{
    return adapter_find(value_get_text(channel, "kind"));
}

static const struct value *channel_of(const struct site *site, const char *name)
{
    return conf_channel(&site->conf, site->is_virtual, name);
}

/* The kind of address a channel asks for; NULL: none. A gateway of its own says so itself. */
static const char *address_kind(const struct value *channel)
{
    const struct adapter *kind = kind_of(channel);
    const char *own = value_get_text(channel, "address");

    return own ? own : kind ? kind->address : NULL;
}

bool routes_is_group(const struct site *site, const char *channel)
{
    const struct adapter *kind = kind_of(channel_of(site, channel));

    return kind && kind->is_group;
}

static int64_t minutes(const struct stmt *stmt, int column, int64_t otherwise)
{
    return stmt_is_null(stmt, column) ? otherwise : stmt_int(stmt, column);
}

bool routes_addressee(struct site *site, int64_t person_id, struct addressee *out, struct err *err)
{
    static const char sql[] =
        "SELECT p.code, p.name, p.phone, p.office_id, COALESCE(u.code, f.code),"
        " COALESCE(u.name, f.name), w.quiet_from, w.quiet_to, w.digest_at FROM people AS p"
        " JOIN offices AS f ON f.office_id = p.office_id"
        " LEFT JOIN units AS u ON u.unit_id = p.unit_id"
        " LEFT JOIN preferences AS w ON w.person_id = p.person_id WHERE p.person_id = $1";
    const struct quiet *quiet = &site->conf.quiet;
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(site->store, sql, &stmt, err, "i", person_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, "%s", SAY("没有这个人员", "there is no such person"));
        return false;
    }
    *out = (struct addressee){.person_id = person_id, .office_id = stmt_int(stmt, 3)};
    row_text(stmt, 0, out->code, sizeof out->code);
    row_text(stmt, 1, out->name, sizeof out->name);
    row_text(stmt, 2, out->phone, sizeof out->phone);
    row_text(stmt, 4, out->unit, sizeof out->unit);
    row_text(stmt, 5, out->unit_name, sizeof out->unit_name);
    out->quiet = (struct quiet){.from = minutes(stmt, 6, quiet->from),
                                .to = minutes(stmt, 7, quiet->to),
                                .is_workdays = quiet->is_workdays};
    out->digest_at = minutes(stmt, 8, QUIET_NEVER);
    stmt_reset(stmt);
    return true;
}

static bool holds_role(struct site *site, const struct addressee *to, const char *role, bool *holds,
                       struct err *err)
{
    char today[12];
    int64_t count = 0;

    clock_format_day(clock_day(site_now(site)), today);
    if (!store_one_int(site->store,
                       "SELECT COUNT(*) FROM roles WHERE person_id = $1 AND role = $2"
                       " AND starts_on <= $3 AND (ends_on IS NULL OR ends_on >= $3)",
                       &count, err, "itt", to->person_id, role, today)) {
        return false;
    }
    *holds = count > 0;
    return true;
}

/* A list that is not there names everybody. */
static bool serves(struct site *site, const struct value *channel, const struct addressee *to,
                   bool *is_served, struct err *err)
{
    const struct value *units = value_get(value_get(channel, "serves"), "units");
    const struct value *roles = value_get(value_get(channel, "serves"), "roles");
    bool has_unit = units == NULL;
    bool has_role = roles == NULL;

    for (size_t i = 0; !has_unit && i < value_count(units); i++) {
        const char *unit = value_text(value_at(units, i));

        has_unit = strcmp(unit, to->unit) == 0 || strcmp(unit, to->unit_name) == 0;
    }
    for (size_t i = 0; has_unit && !has_role && i < value_count(roles); i++) {
        if (!holds_role(site, to, value_text(value_at(roles, i)), &has_role, err)) {
            return false;
        }
    }
    *is_served = has_unit && has_role;
    return true;
}

static bool find_address(struct site *site, const struct addressee *to, const char *kind,
                         struct buf *out, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!kind) {
        return true;
    }
    if (strcmp(kind, "phone") == 0) {
        buf_add_text(out, to->phone);
        return true;
    }
    if (!store_ask(site->store, "SELECT address FROM addresses WHERE person_id = $1 AND kind = $2",
                   &stmt, err, "it", to->person_id, kind) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        buf_add_text(out, stmt_text(stmt, 0, NULL));
    }
    stmt_reset(stmt);
    return true;
}

bool routes_address(struct site *site, const struct addressee *to, const char *channel,
                    struct buf *out, struct err *err)
{
    return find_address(site, to, address_kind(channel_of(site, channel)), out, err);
}

bool routes_address_of(struct site *site, const struct addressee *to, const char *kind,
                       struct buf *out, struct err *err)
{
    return find_address(site, to, kind, out, err);
}

/* Whether the person can be reached there: a group needs no address to be written to. */
static bool is_way(struct site *site, const char *name, const struct addressee *to, bool *is_good,
                   const char **lacks, struct err *err)
{
    const struct value *channel = channel_of(site, name);
    bool ok = true;
    struct buf address;

    *is_good = false;
    if (channel && !serves(site, channel, to, is_good, err)) {
        return false;
    }
    if (!*is_good) {
        return true;
    }
    if (!address_kind(channel) || routes_is_group(site, name)) {
        return true;
    }
    buf_init(&address, 1024);
    ok = find_address(site, to, address_kind(channel), &address, err);
    *is_good = ok && address.length > 0;
    if (ok && !*is_good && lacks && !*lacks) {
        *lacks = address_kind(channel);
    }
    buf_clear(&address);
    return ok;
}

bool routes_channel(struct site *site, const struct addressee *to, const char **name,
                    const char **lacks, struct err *err)
{
    return routes_channel_past(site, to, NULL, name, lacks, err);
}

bool routes_channel_past(struct site *site, const struct addressee *to, const char *past,
                         const char **name, const char **lacks, struct err *err)
{
    const struct value *route = conf_route(&site->conf, site->is_virtual);

    *name = NULL;
    if (lacks) {
        *lacks = NULL;
    }
    for (size_t i = 0; !*name && i < value_count(route); i++) {
        const char *channel = value_text(value_at(route, i));
        bool is_good = false;

        if (past && strcmp(channel, past) == 0) {
            continue;
        }
        if (!is_way(site, channel, to, &is_good, lacks, err)) {
            return false;
        }
        *name = is_good ? channel : NULL;
    }
    return true;
}

bool routes_are_any(const struct site *site)
{
    return value_count(conf_route(&site->conf, site->is_virtual)) > 0;
}

void routes_say_why(const struct addressee *to, const char *lacks, struct buf *out)
{
    static const struct {
        const char *kind, *zh;
    } KINDS_ZH[] = {{"wecom", "企业微信"},
                    {"dingtalk", "钉钉"},
                    {"feishu", "飞书"},
                    {"mail", "邮箱"},
                    {"phone", "电话"}};
    const char *word = lacks;

    for (size_t i = 0; lacks && i < COUNT_OF(KINDS_ZH); i++) {
        word = strcmp(KINDS_ZH[i].kind, lacks) == 0 ? SAY(KINDS_ZH[i].zh, lacks) : word;
    }
    if (lacks) {
        buf_add_format(out,
                       SAY("没有%s的%s；请用 duban import people 补录",
                           "there is no address of %s (%s): duban import people"),
                       to->name, word);
    } else {
        buf_add_format(out,
                       SAY("没有哪个渠道管到%s；请改 duban.conf.lua 的 serves",
                           "no channel serves %s: see serves in duban.conf.lua"),
                       to->name);
    }
}
