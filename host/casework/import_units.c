/* Units out of a sheet, one row a unit. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/import_parts.h"
#include "casework/imports.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "paper/csv.h"

static const struct import_column COLUMNS[] = {
    {"code", "编码", "code", "编码 单位编码 代码 单位代码 统一社会信用代码 code", true},
    {"name", "名称", "name", "名称 单位名称 单位 单位全称 全称 机构名称 name", true},
    {"kind", "类别", "kind", "类别 单位类别 类型 单位类型 性质 kind type", false},
    {"region", "区划", "region", "区划 行政区划 区划代码 行政区划代码 所属区划 region", false},
    {"level", "级别", "level", "级别 单位级别 规格 机构规格 level", false},
    {"starts_on", "启用日期", "first day", "启用日期 设立日期 成立日期 开始日期 生效日期 starts_on",
     false},
    {"ends_on", "停用日期", "last day", "停用日期 撤销日期 结束日期 失效日期 ends_on", false},
};

/* The unit of that code in the site; *is_there false when there is none. */
static bool find_old(struct site *site, const char *code, struct unit *old, bool *is_there,
                     struct err *err)
{
    int64_t id = 0;

    if (!store_one_int(site->store, "SELECT COALESCE(MAX(unit_id), 0) FROM units WHERE code = $1",
                       &id, err, "t", code)) {
        return false;
    }
    *is_there = id != 0;
    return !id || registry_unit(site, id, old, err);
}

/* Empty is the office's own. */
static bool check_region(const char *text, struct err *err)
{
    if (*text && (strlen(text) != 6 || strspn(text, "0123456789") != 6)) {
        err_set(err, ERR_INVALID,
                SAY("区划“%.*s”应是六位代码", "the region \"%.*s\" should be a code of six digits"),
                (int)text_fit(text, 20), text);
        return false;
    }
    return true;
}

/* The row as it would be stored. What the sheet does not say stays as it is, or gets its default.
 */
static bool read_fields(struct site *site, const struct import_sheet *sheet, size_t row,
                        const struct unit *old, struct import_line *line, struct err *err)
{
    bool ok = true;
    char today[12];
    struct office office = {0};

    if (!registry_office(site, site->office_id, &office, err)) {
        return false;
    }
    clock_format_day(clock_day(site_now(site)), today);
    for (size_t i = 0; i < COUNT_OF(COLUMNS); i++) {
        const char *field = COLUMNS[i].field;
        const char *label = import_label(sheet, field);
        char *text = import_cell(sheet, row, field);
        char day[12];

        if (ok && i > 1 && strlen(text) >= REGISTRY_CODE) {
            err_set(err, ERR_INVALID, SAY("%s太长", "the %s is too long"), label);
            ok = false;
        }
        ok = ok && (strcmp(field, "region") != 0 || check_region(text, err));
        if (strstr(field, "s_on") && ok) {
            ok = import_day(label, text, day, err);
            value_set_text(line->fields, field, day);
        } else {
            value_set_text(line->fields, field, text);
        }
        mem_free(text);
    }
    if (!*value_get_text(line->fields, "starts_on")) {
        value_set_text(line->fields, "starts_on", old->code[0] ? old->starts_on : today);
    }
    if (!*value_get_text(line->fields, "region")) {
        value_set_text(line->fields, "region", old->code[0] ? old->region : office.code);
    }
    return ok;
}

static void compare(const struct import_sheet *sheet, const struct unit *old,
                    struct import_line *line)
{
    const char *before[] = {old->code,  old->name,      old->kind,   old->region,
                            old->level, old->starts_on, old->ends_on};

    line->action = IMPORT_SAME;
    for (size_t i = 1; i < COUNT_OF(COLUMNS); i++) {
        const char *field = COLUMNS[i].field;
        const char *after = value_get_text(line->fields, field);

        /* A column that is not there, or an empty cell, says nothing about what is known. */
        if (!*after && strcmp(field, "name") != 0) {
            value_set_text(line->fields, field, before[i]);
        } else if (strcmp(before[i], after) != 0) {
            import_differs(line, field, import_label(sheet, field), before[i], after);
        }
    }
}

/* An earlier row of the file with that code; NULL when there is none. */
static const struct import_line *earlier(const struct value *seen, const struct import_plan *plan,
                                         const char *code)
{
    int64_t index = value_get_int(seen, code, -1);

    return index < 0 ? NULL : &plan->lines[index];
}

static void judge_repeat(const struct import_line *first, struct import_line *line)
{
    struct err why = {0};
    bool is_same = value_is_equal(first->fields, line->fields);

    err_set(&why, ERR_CONFLICT,
            is_same
                ? SAY("与第 %zu 行重复", "repeats row %zu")
                : SAY("编码与第 %zu 行相同而内容不同", "has the code of row %zu and other content"),
            first->row);
    import_refuse(line, &why);
    line->action = is_same ? IMPORT_DUPLICATE : IMPORT_REFUSED;
}

static bool check_texts(struct site *site, const char *code, const char *name, struct err *err)
{
    return registry_check_text(site, SAY("编码", "code"), code, REGISTRY_CODE, err) &&
           registry_check_text(site, SAY("名称", "name"), name, REGISTRY_NAME, err);
}

/* A new code for a name that is known already is worth a look. */
static bool remark_namesake(struct site *site, struct import_line *line, struct err *err)
{
    bool has_row = false;
    char *normal = text_normal(line->name);
    struct stmt *stmt = NULL;
    struct err why = {0};
    bool ok =
        store_ask(site->store, "SELECT code FROM units WHERE normal = $1 ORDER BY code LIMIT 1",
                  &stmt, err, "t", normal) &&
        stmt_step(stmt, &has_row, err);

    if (ok && has_row) {
        err_set(&why, ERR_CONFLICT, SAY("已有同名单位 %s", "the unit %s has the same name"),
                stmt_text(stmt, 0, NULL));
        line->why = mem_text(why.text);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    mem_free(normal);
    return ok;
}

static bool plan_row(struct site *site, const struct import_sheet *sheet, size_t row,
                     struct import_plan *plan, struct value *seen, struct err *err)
{
    bool is_there = false;
    struct err why = {0};
    struct unit old = {0};
    char *code = import_cell(sheet, row, "code");
    char *name = import_cell(sheet, row, "name");
    struct import_line *line = import_line_new(plan, csv_line(sheet->csv, row), code, name);
    const struct import_line *first = *code ? earlier(seen, plan, code) : NULL;
    bool ok = find_old(site, code, &old, &is_there, err);

    if (ok && !(import_row_fits(sheet, row, &why) && check_texts(site, code, name, &why) &&
                read_fields(site, sheet, row, &old, line, &why))) {
        import_refuse(line, &why);
    } else if (ok) {
        if (is_there && old.office_id != plan->office_id) {
            import_foreign(line, old.name);
        } else if (is_there) {
            compare(sheet, &old, line);
        } else {
            ok = remark_namesake(site, line, err);
        }
        if (first) {
            judge_repeat(first, line);
        }
    }
    if (ok && *code && !first) {
        value_set_int(seen, code, (int64_t)plan->count - 1);
    }
    mem_free(code);
    mem_free(name);
    return ok;
}

bool import_units_plan(struct site *site, int64_t office_id, struct csv *csv,
                       const struct value *map, struct import_plan *out, struct err *err)
{
    bool ok = true;
    struct import_sheet sheet;
    struct import_plan plan = {.kind = "units", .office_id = office_id};
    struct value *seen = value_new_map();

    ok = import_sheet_open(&sheet, csv, COLUMNS, COUNT_OF(COLUMNS), map, err);
    for (size_t row = sheet.header + 1; ok && row < csv_rows(csv); row++) {
        if (!import_row_is_blank(&sheet, row)) {
            ok = plan_row(site, &sheet, row, &plan, seen, err);
        }
    }
    value_free(seen);
    if (!ok) {
        import_plan_clear(&plan);
        return false;
    }
    import_total(&plan);
    *out = plan;
    return true;
}
