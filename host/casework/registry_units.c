/* Units: the supervised bodies. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "casework/rows.h"

bool registry_unit(struct site *site, int64_t id, struct unit *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT unit_id, office_id, code, name, kind, region, level, starts_on, ends_on "
                   "FROM units WHERE unit_id = $1",
                   &stmt, err, "i", id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        out->unit_id = stmt_int(stmt, 0);
        out->office_id = stmt_int(stmt, 1);
        row_text(stmt, 2, out->code, sizeof out->code);
        row_text(stmt, 3, out->name, sizeof out->name);
        row_text(stmt, 4, out->kind, sizeof out->kind);
        row_text(stmt, 5, out->region, sizeof out->region);
        row_text(stmt, 6, out->level, sizeof out->level);
        row_text(stmt, 7, out->starts_on, sizeof out->starts_on);
        row_text(stmt, 8, out->ends_on, sizeof out->ends_on);
    } else {
        err_set(err, ERR_MISSING, SAY("没有这个单位", "there is no such unit"));
    }
    stmt_reset(stmt);
    return has_row;
}

bool registry_unit_find(struct site *site, int64_t office_id, const char *text, struct unit *out,
                        struct err *err)
{
    int64_t id = 0;
    struct registry_search search = {.text = text, .office_id = office_id};

    search.what = SAY("单位", "units");
    search.sql = "SELECT u.unit_id, u.code, u.name, u.office_id, "
                 "CASE WHEN u.ends_on IS NULL OR u.ends_on >= $3 THEN 1 ELSE 0 END, u.region "
                 "FROM units AS u WHERE u.code = $1 OR u.normal = $2 ORDER BY u.code";
    search.names = "SELECT name FROM units WHERE office_id = $1"
                   " AND (instr(normal, $2) > 0 OR instr($2, normal) > 0)"
                   " AND (ends_on IS NULL OR ends_on >= $3) ORDER BY length(name), code LIMIT 1";
    return registry_search(site, &search, &id, err) && registry_unit(site, id, out, err);
}

static bool check(struct site *site, const struct unit *unit, struct err *err)
{
    int64_t taken = 0;

    if (!registry_check_text(site, SAY("单位编码", "code of the unit"), unit->code, REGISTRY_CODE,
                             err) ||
        !registry_check_text(site, SAY("单位名称", "name of the unit"), unit->name, REGISTRY_NAME,
                             err) ||
        !registry_check_day(SAY("启用日期", "first day"), unit->starts_on, false, err) ||
        !registry_check_day(SAY("停用日期", "last day"), unit->ends_on, true, err)) {
        return false;
    }
    if (unit->ends_on[0] && strcmp(unit->ends_on, unit->starts_on) < 0) {
        err_set(err, ERR_INVALID,
                SAY("单位 %s 的停用日期早于启用日期", "the unit %s ends before it begins"),
                unit->code);
        return false;
    }
    if (!store_one_int(site->store, "SELECT COUNT(*) FROM units WHERE code = $1 AND unit_id <> $2",
                       &taken, err, "ti", unit->code, unit->unit_id)) {
        return false;
    }
    if (taken) {
        err_set(err, ERR_CONFLICT, SAY("单位编码 %s 已经有了", "the unit code %s is taken"),
                unit->code);
    }
    return taken == 0;
}

bool registry_unit_save(struct site *site, struct unit *unit, struct err *err)
{
    bool ok = false;
    char *normal = NULL;
    const char *ends_on = unit->ends_on[0] ? unit->ends_on : NULL;

    if (!check(site, unit, err)) {
        return false;
    }
    normal = text_normal(unit->name);
    if (unit->unit_id) {
        ok = store_run(site->store,
                       "UPDATE units SET office_id = $2, code = $3, name = $4, normal = $5, "
                       "kind = $6, region = $7, level = $8, starts_on = $9, ends_on = $10 "
                       "WHERE unit_id = $1",
                       NULL, err, "iitttttttt", unit->unit_id, unit->office_id, unit->code,
                       unit->name, normal, unit->kind, unit->region, unit->level, unit->starts_on,
                       ends_on);
    } else {
        ok = store_run(site->store,
                       "INSERT INTO units (office_id, code, name, normal, kind, region, level, "
                       "starts_on, ends_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       NULL, err, "itttttttt", unit->office_id, unit->code, unit->name, normal,
                       unit->kind, unit->region, unit->level, unit->starts_on, ends_on);
        unit->unit_id = ok ? store_last_id(site->store) : 0;
    }
    mem_free(normal);
    return ok;
}
