/* Who is who, out of sheets: a preview of what would be added or changed, then one transaction. */
#include "cli/import_register.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/imports.h"
#include "cli/right.h"
#include "cli/sheet.h"
#include "cli/wrap.h"
#include "paper/csv.h"

#define MAP_LIMIT ((size_t)256 * 1024)
#define NAME_COLUMNS 48 /* of a name in the preview */

struct registering {
    struct house *house;
    const struct args *args;
    struct sheet sheet;
    struct value *map;
    struct import_plan plan;
    struct import_result result;
};

static const struct {
    const char *key, *zh, *en;
} ACTIONS[] = {
    [IMPORT_ADD] = {"new", "新增", "new"},
    [IMPORT_SAME] = {"same", "相同", "same"},
    [IMPORT_CHANGE] = {"different", "有变", "different"},
    [IMPORT_DUPLICATE] = {"duplicate", "重复", "duplicate"},
    [IMPORT_REFUSED] = {"bad", "有误", "bad"},
};

/* "名称 省教育局 → 省教育厅；…" */
static void add_changes(const struct value *changes, struct buf *out)
{
    for (size_t i = 0; i < value_count(changes); i++) {
        const struct value *change = value_at(changes, i);
        const char *label = value_get_text(change, "label");
        const char *old = value_get_text(change, "old");
        const char *new = value_get_text(change, "new");

        buf_add_format(out, "%s%s %s → %s", i ? SAY("；", "; ") : "", label ? label : "",
                       old ? old : "", new ? new : "");
    }
}

static void say_line(const struct out *out, const struct import_line *line, struct value *rows)
{
    struct value *row = value_new_map();
    struct buf text;
    char head[64];

    buf_init(&text, 65536);
    buf_add_format(&text, "%s %.*s", line->code ? line->code : "",
                   (int)text_fit(line->name ? line->name : "", NAME_COLUMNS),
                   line->name ? line->name : "");
    if (line->changes) {
        buf_add_text(&text, SAY("：", ": "));
        add_changes(line->changes, &text);
    } else if (line->why) {
        buf_add_format(&text, "%s%s", SAY("：", ": "), line->why);
    }
    if (line->action == IMPORT_CHANGE || line->why) {
        snprintf(head, sizeof head, SAY("  第 %zu 行  %s  ", "  line %zu  %s  "), line->row,
                 SAY(ACTIONS[line->action].zh, ACTIONS[line->action].en));
        wrap_print(out, head, 20, buf_text(&text));
    }
    value_set_int(row, "line", (int64_t)line->row);
    value_set_text(row, "result", ACTIONS[line->action].key);
    value_set_text(row, "key", line->code);
    value_set_text(row, "name", line->name);
    value_set_text(row, "reason", line->why);
    if (line->changes) {
        value_set(row, "changes", value_copy(line->changes));
    }
    value_push(rows, row);
    buf_clear(&text);
}

static void say_plan(struct registering *work)
{
    struct out *out = &work->house->out;
    struct value *rows = value_new_list();
    struct value *map = out_map(out);

    for (size_t i = 0; i < COUNT_OF(ACTIONS); i++) {
        out_print(out, "%s%s %zu", i ? SAY("，", ", ") : "", SAY(ACTIONS[i].zh, ACTIONS[i].en),
                  work->plan.totals[i]);
        if (map) {
            value_set_int(map, ACTIONS[i].key, (int64_t)work->plan.totals[i]);
        }
    }
    out_print(out, "%s\n", SAY(" 行。", " rows."));
    for (size_t i = 0; i < work->plan.count; i++) {
        say_line(out, &work->plan.lines[i], rows);
    }
    if (map) {
        value_set(map, "rows", rows);
    } else {
        value_free(rows);
    }
}

static bool apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct registering *work = context;

    if (!import_apply(work->house->site, &work->plan, args_has(work->args, "overwrite"),
                      &work->result, err)) {
        return false;
    }
    *body = value_new_map();
    value_set_int(*body, "added", (int64_t)work->result.added);
    value_set_int(*body, "changed", (int64_t)work->result.changed);
    buf_add_format(result, "%zu", work->result.added + work->result.changed);
    return true;
}

/* A file that brings nothing new leaves nothing behind, not even an audit row. */
static bool is_idle(const struct registering *work)
{
    const size_t *totals = work->plan.totals;

    return !totals[IMPORT_ADD] && !totals[IMPORT_REFUSED] &&
           !(totals[IMPORT_CHANGE] && args_has(work->args, "overwrite"));
}

static void say_result(struct registering *work)
{
    struct out *out = &work->house->out;
    struct value *map = out_map(out);

    out_print(out,
              SAY("新增 %zu，更新 %zu，未覆盖 %zu（以文件为准请加 --overwrite）。\n",
                  "%zu added, %zu changed, %zu left as they are (--overwrite takes them over).\n"),
              work->result.added, work->result.changed, work->result.left);
    if (map) {
        value_set_int(map, "added", (int64_t)work->result.added);
        value_set_int(map, "changed", (int64_t)work->result.changed);
        value_set_int(map, "left", (int64_t)work->result.left);
    }
}

static bool write(struct registering *work, struct err *err)
{
    struct house *house = work->house;
    struct act act = {.office_id = house->office_id,
                      .office = house->office,
                      .name = "import",
                      .object = work->plan.kind,
                      .actor = &house->actor};
    struct buf result;
    bool ok;

    if (is_idle(work)) {
        work->result.left = work->plan.totals[IMPORT_CHANGE];
        say_result(work);
        return true;
    }
    buf_init(&result, ACTS_RESULT_LIMIT);
    act_digest(house->site, &act, NULL);
    ok = act_run(house->site, &act, apply, work, &result, err);
    buf_clear(&result);
    if (ok) {
        say_result(work);
    }
    return ok;
}

static bool read_map(struct registering *work, struct err *err)
{
    const char *path = args_get(work->args, "map");
    struct buf bytes;
    bool ok;

    if (!path) {
        return true;
    }
    buf_init(&bytes, MAP_LIMIT + 1);
    ok = house_file(work->house, path, MAP_LIMIT, &bytes, err) &&
         json_parse(buf_text(&bytes), bytes.length, &work->map, err);
    buf_clear(&bytes);
    if (ok && value_kind(work->map) != VALUE_MAP) {
        err_set(err, ERR_INVALID,
                SAY("%s：应是一个 JSON 对象，表头对应字段",
                    "%s: a JSON object of headings and fields is expected"),
                path);
        ok = false;
    }
    return ok;
}

static bool run(struct registering *work, struct err *err)
{
    struct house *house = work->house;
    bool is_units = strcmp(args_operand(work->args, 0), "units") == 0;
    bool is_dry = args_has(work->args, "dry-run");

    if (!house_start(house, err) ||
        !(is_dry ? house_read(house, err)
                 : house_write(house, work->args, err) && right_administers(house, err)) ||
        !read_map(work, err) ||
        !sheet_open(&work->sheet, house, args_operand(work->args, 1), args_get(work->args, "sheet"),
                    err)) {
        return false;
    }
    if (!(is_units ? import_units_plan : import_people_plan)(
            house->site, house->office_id, work->sheet.csv, work->map, &work->plan, err)) {
        err_add(err, "%s", args_operand(work->args, 1));
        return false;
    }
    sheet_tell(&work->sheet, &house->out);
    say_plan(work);
    if (is_dry) {
        out_print(&house->out, "%s\n",
                  SAY("这是预览，什么也没有写入。", "This was a preview; nothing was written."));
    }
    return is_dry || write(work, err);
}

/* `import calendar FILE` is `calendar import FILE`: the same handler with its operands moved up. */
static enum outcome forward(struct house *house, const struct args *args, struct err *err)
{
    size_t words = 0;
    const struct command *command = command_find("calendar", "import", &words);
    struct args moved = *args;

    if (!command || words != 2) {
        err_set(err, ERR_MISSING, "%s",
                SAY("本版本不能导入日历", "this build imports no calendars"));
        return OUTCOME_REFUSED;
    }
    moved.command = command;
    moved.operands++;
    moved.operand_count--;
    return command->handler(house, &moved, err);
}

enum outcome import_register(struct house *house, const struct args *args, struct err *err)
{
    struct registering work = {.house = house, .args = args};
    bool ok;

    if (strcmp(args_operand(args, 0), "calendar") == 0) {
        return forward(house, args, err);
    }
    ok = run(&work, err);
    value_free(work.map);
    import_plan_clear(&work.plan);
    sheet_close(&work.sheet);
    return args_outcome(ok);
}
