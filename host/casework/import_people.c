/* People out of a sheet, one row a role. The person stands under a code, the role under person,
   unit, name and time; a role that overlaps one of the site is the same role with other dates. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/import_parts.h"
#include "casework/imports.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "casework/rights.h"
#include "casework/ways.h"
#include "paper/csv.h"

static const struct import_column COLUMNS[] = {
    {"code", "编码", "code", "编码 人员编码 工号 代码 code", true},
    {"name", "姓名", "name", "姓名 名字 人员姓名 name", true},
    {"unit", "单位", "unit", "单位 单位名称 所在单位 单位编码 工作单位 unit", false},
    {"role", "角色", "role", "角色 职责 岗位 role", false},
    {"starts_on", "任职日期", "first day", "任职日期 任职时间 开始日期 启用日期 starts_on", false},
    {"ends_on", "离任日期", "last day", "离任日期 离任时间 免职日期 结束日期 ends_on", false},
    {"phone", "电话", "phone", "电话 手机 手机号 联系电话 联系方式 phone", false},
    {"wecom", "企业微信", "WeCom", "企业微信 企业微信号 企微 企业微信账号 wecom", false},
    {"dingtalk", "钉钉", "DingTalk", "钉钉 钉钉号 浙政钉 dingtalk", false},
    {"feishu", "飞书", "Feishu", "飞书 飞书号 feishu", false},
    {"mail", "邮箱", "mail", "邮箱 电子邮箱 邮件 mail email", false},
    {"quiet", "免打扰", "quiet hours", "免打扰 免打扰时段 quiet", false},
    {"digest", "汇总", "digest", "汇总 汇总时刻 每日汇总 digest", false},
};

/* What the rows of one file share. */
struct people {
    struct site *site;
    struct import_sheet sheet;
    struct import_plan plan;
    struct office office;
    struct value *roles;   /* normalised title or name to name */
    struct value *by_code; /* code to the index of its first line */
    struct value *by_role; /* code, unit, role and first day to the index of its line */
};

static struct value *role_words(const struct site *site)
{
    struct value *words = value_new_map();
    struct value *roles = rights_roles(site);

    for (size_t i = 0; i < value_count(roles); i++) {
        char *title = text_normal(value_text(value_at(roles, i)));

        value_set_text(words, title, value_key_at(roles, i));
        value_set_text(words, value_key_at(roles, i), value_key_at(roles, i));
        mem_free(title);
    }
    value_free(roles);
    return words;
}

static bool read_role(const struct people *people, const char *text, struct value *fields,
                      struct err *err)
{
    char *word = text_normal(text);
    const char *role = value_get_text(people->roles, word);

    mem_free(word);
    if (*text && !role) {
        err_set(err, ERR_INVALID, SAY("没有“%s”这个角色", "there is no role \"%s\""), text);
        return false;
    }
    value_set_text(fields, "role", role ? role : "");
    return true;
}

/* The office itself is written as nothing. */
static bool read_unit(const struct people *people, const char *text, struct value *fields,
                      struct err *err)
{
    struct unit unit = {0};
    char *given = text_normal(text);
    char *own = text_normal(people->office.name);
    bool is_own = !*given || strcmp(given, own) == 0;

    mem_free(given);
    mem_free(own);
    if (!is_own && !registry_unit_find(people->site, people->plan.office_id, text, &unit, err)) {
        return false;
    }
    value_set_text(fields, "unit", unit.code);
    value_set_int(fields, "unit_id", unit.unit_id);
    return true;
}

/* 张　三 is 张三; a name in letters keeps its spaces. */
static char *plain_name(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')) {
            return mem_text(text);
        }
    }
    return text_normal(text);
}

static bool read_days(const struct people *people, size_t row, struct value *fields,
                      struct err *err)
{
    static const char *const FIELDS[] = {"starts_on", "ends_on"};
    bool ok = true;

    for (size_t i = 0; ok && i < COUNT_OF(FIELDS); i++) {
        char day[12];
        char *text = import_cell(&people->sheet, row, FIELDS[i]);

        ok = import_day(import_label(&people->sheet, FIELDS[i]), text, day, err);
        value_set_text(fields, FIELDS[i], day);
        mem_free(text);
    }
    return ok;
}

/* Addresses and hours, as they will be kept. */
static bool read_ways(const struct people *people, size_t row, struct value *fields,
                      struct err *err)
{
    bool ok = true;

    for (size_t i = 0; ok && i < WAYS_COUNT; i++) {
        char *cell = import_cell(&people->sheet, row, WAYS_NAMES[i]);
        struct buf text;

        buf_init(&text, 1024);
        ok = ways_normal(people->site, WAYS_NAMES[i], import_label(&people->sheet, WAYS_NAMES[i]),
                         cell, &text, err);
        value_set_text(fields, WAYS_NAMES[i], buf_text(&text));
        buf_clear(&text);
        mem_free(cell);
    }
    return ok;
}

static bool read_fields(const struct people *people, size_t row, struct import_line *line,
                        struct err *err)
{
    bool ok;
    char *unit = import_cell(&people->sheet, row, "unit");
    char *role = import_cell(&people->sheet, row, "role");
    char *phone = import_cell(&people->sheet, row, "phone");

    value_set_text(line->fields, "code", line->code);
    value_set_text(line->fields, "name", line->name);
    value_set_text(line->fields, "phone", phone);
    ok = import_row_fits(&people->sheet, row, err) &&
         registry_check_text(people->site, SAY("编码", "code"), line->code, REGISTRY_CODE, err) &&
         registry_check_text(people->site, SAY("姓名", "name"), line->name, REGISTRY_NAME, err) &&
         read_unit(people, unit, line->fields, err) && read_role(people, role, line->fields, err) &&
         read_days(people, row, line->fields, err) && read_ways(people, row, line->fields, err);
    if (ok && strlen(phone) >= REGISTRY_CODE) {
        err_set(err, ERR_INVALID, SAY("电话太长", "the phone number is too long"));
        ok = false;
    }
    mem_free(phone);
    mem_free(role);
    mem_free(unit);
    return ok;
}

/* The same person in an earlier row must be the same person. */
static bool judge_earlier(struct people *people, struct import_line *line)
{
    struct err why = {0};
    char key[REGISTRY_CODE * 3 + 16];
    int64_t first = value_get_int(people->by_code, line->code, -1);
    int64_t same;
    const struct import_line *before;

    if (first >= 0) {
        before = &people->plan.lines[first];
        if (strcmp(before->name, line->name) != 0) {
            err_set(
                &why, ERR_CONFLICT,
                SAY("编码与第 %zu 行相同而姓名不同", "has the code of row %zu and another name"),
                before->row);
            import_refuse(line, &why);
            return false;
        }
    }
    snprintf(key, sizeof key, "%s|%s|%s|%s", line->code, value_get_text(line->fields, "unit"),
             value_get_text(line->fields, "role"), value_get_text(line->fields, "starts_on"));
    same = value_get_int(people->by_role, key, -1);
    if (same < 0) {
        value_set_int(people->by_role, key, (int64_t)people->plan.count - 1);
        return true;
    }
    before = &people->plan.lines[same];
    err_set(&why, ERR_CONFLICT, SAY("与第 %zu 行重复", "repeats row %zu"), before->row);
    import_refuse(line, &why);
    if (strcmp(value_get_text(before->fields, "ends_on"),
               value_get_text(line->fields, "ends_on")) == 0) {
        line->action = IMPORT_DUPLICATE;
    }
    return false;
}

static bool is_same_name(const char *a, const char *b)
{
    char *left = text_normal(a);
    char *right = text_normal(b);
    bool is_same = strcmp(left, right) == 0;

    mem_free(left);
    mem_free(right);
    return is_same;
}

/* An empty cell says nothing; 无 is no difference to hours that are the site's already. */
static bool compare_ways(struct people *people, int64_t id, struct import_line *line,
                         struct err *err)
{
    bool ok = true;

    for (size_t i = 0; ok && i < WAYS_COUNT; i++) {
        const char *text = value_get_text(line->fields, WAYS_NAMES[i]);
        struct buf old;

        buf_init(&old, 4096);
        ok = !*text || ways_get(people->site, id, WAYS_NAMES[i], &old, err);
        if (ok && *text && strcmp(text, old.length ? buf_text(&old) : WAYS_NONE) != 0) {
            import_differs(line, WAYS_NAMES[i], import_label(&people->sheet, WAYS_NAMES[i]),
                           buf_text(&old), text);
        }
        buf_clear(&old);
    }
    return ok;
}

/* What the sheet says about the person against what the site knows; the first row of a code speaks.
 */
static bool compare_person(struct people *people, int64_t id, struct import_line *line,
                           struct err *err)
{
    struct person old = {0};
    struct unit unit = {0};
    const char *phone = value_get_text(line->fields, "phone");
    const char *code = value_get_text(line->fields, "unit");

    if (!registry_person(people->site, id, &old, err) ||
        (old.unit_id && !registry_unit(people->site, old.unit_id, &unit, err))) {
        return false;
    }
    if (old.office_id != people->plan.office_id) {
        import_foreign(line, old.name);
        return true;
    }
    if (!is_same_name(old.name, line->name)) {
        import_differs(line, "name", import_label(&people->sheet, "name"), old.name, line->name);
    }
    if (*code && strcmp(code, unit.code) != 0) {
        import_differs(line, "unit", import_label(&people->sheet, "unit"), unit.code, code);
    }
    if (*phone && strcmp(phone, old.phone) != 0) {
        import_differs(line, "phone", import_label(&people->sheet, "phone"), old.phone, phone);
    }
    return compare_ways(people, id, line, err);
}

/* Does the role of the site cover some of the time the sheet names? A sheet without a first day
   means whichever role is held on that day. */
static bool is_overlapping(const struct role *role, const struct value *fields, const char *today)
{
    const char *starts_on = value_get_text(fields, "starts_on");
    const char *ends_on = value_get_text(fields, "ends_on");

    if (strcmp(role->role, value_get_text(fields, "role")) != 0 ||
        role->unit_id != value_get_int(fields, "unit_id", 0)) {
        return false;
    }
    starts_on = *starts_on ? starts_on : today;
    return (!role->ends_on[0] || strcmp(role->ends_on, starts_on) >= 0) &&
           (!*ends_on || strcmp(role->starts_on, ends_on) <= 0);
}

static void compare_dates(const struct people *people, const struct role *role,
                          struct import_line *line)
{
    const char *starts_on = value_get_text(line->fields, "starts_on");
    const char *ends_on = value_get_text(line->fields, "ends_on");

    value_set_int(line->fields, "role_id", role->role_id);
    if (*starts_on && strcmp(starts_on, role->starts_on) != 0) {
        import_differs(line, "starts_on", import_label(&people->sheet, "starts_on"),
                       role->starts_on, starts_on);
    }
    if (*ends_on && strcmp(ends_on, role->ends_on) != 0) {
        import_differs(line, "ends_on", import_label(&people->sheet, "ends_on"), role->ends_on,
                       ends_on);
    }
}

/* The role of the row among those the person has; *is_there false when it is new. */
static bool compare_role(struct people *people, int64_t id, struct import_line *line,
                         bool *is_there, struct err *err)
{
    char today[12];
    size_t count = 0;
    struct role *list = NULL;

    clock_format_day(clock_day(site_now(people->site)), today);
    if (!registry_role_list(people->site, id, &list, &count, err)) {
        return false;
    }
    *is_there = false;
    for (size_t i = 0; i < count && !*is_there; i++) {
        *is_there = list[i].office_id == people->plan.office_id &&
                    is_overlapping(&list[i], line->fields, today);
        if (*is_there) {
            compare_dates(people, &list[i], line);
        }
    }
    mem_free(list);
    return true;
}

/* ADD, SAME or CHANGE of a row that could be read. */
static bool compare(struct people *people, struct import_line *line, struct err *err)
{
    int64_t id = 0;
    bool has_role = *value_get_text(line->fields, "role") != '\0';
    bool is_there = !has_role;
    bool is_first = value_get_int(people->by_code, line->code, -1) < 0;

    line->action = IMPORT_ADD;
    if (!store_one_int(people->site->store,
                       "SELECT COALESCE(MAX(person_id), 0) FROM people WHERE code = $1", &id, err,
                       "t", line->code)) {
        return false;
    }
    if (!id) {
        return true;
    }
    value_set_int(line->fields, "person_id", id);
    if ((is_first && !compare_person(people, id, line, err)) ||
        (has_role && !compare_role(people, id, line, &is_there, err))) {
        return false;
    }
    if (line->action == IMPORT_REFUSED) {
        return true;
    }
    line->action = line->changes ? IMPORT_CHANGE : is_there ? IMPORT_SAME : IMPORT_ADD;
    return true;
}

static bool plan_row(struct people *people, size_t row, struct err *err)
{
    bool ok = true;
    struct err why = {0};
    char *code = import_cell(&people->sheet, row, "code");
    char *given = import_cell(&people->sheet, row, "name");
    char *name = plain_name(given);
    struct import_line *line =
        import_line_new(&people->plan, csv_line(people->sheet.csv, row), code, name);

    if (!read_fields(people, row, line, &why)) {
        import_refuse(line, &why);
    } else if (judge_earlier(people, line)) {
        ok = compare(people, line, err);
        if (value_get_int(people->by_code, code, -1) < 0) {
            value_set_int(people->by_code, code, (int64_t)people->plan.count - 1);
        }
    }
    mem_free(name);
    mem_free(given);
    mem_free(code);
    return ok;
}

bool import_people_plan(struct site *site, int64_t office_id, struct csv *csv,
                        const struct value *map, struct import_plan *out, struct err *err)
{
    bool ok = false;
    struct people people = {.site = site, .plan = {.kind = "people", .office_id = office_id}};

    people.roles = role_words(site);
    people.by_code = value_new_map();
    people.by_role = value_new_map();
    ok = registry_office(site, office_id, &people.office, err) &&
         import_sheet_open(&people.sheet, csv, COLUMNS, COUNT_OF(COLUMNS), map, err);
    for (size_t row = people.sheet.header + 1; ok && row < csv_rows(csv); row++) {
        if (!import_row_is_blank(&people.sheet, row)) {
            ok = plan_row(&people, row, err);
        }
    }
    if (ok) {
        import_total(&people.plan);
        *out = people.plan;
    } else {
        import_plan_clear(&people.plan);
    }
    value_free(people.by_role);
    value_free(people.by_code);
    value_free(people.roles);
    return ok;
}
