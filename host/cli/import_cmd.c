/* `duban import`: sheets of offices, first as a preview, then into the site. Units, people and
   calendars have their own importers; every other KIND is a workflow, whose labels are the column
   map. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/imports.h"
#include "casework/rights.h"
#include "casework/sheets.h"
#include "casework/versions.h"
#include "cli/args.h"
#include "cli/command.h"
#include "cli/house.h"
#include "cli/import_register.h"
#include "cli/import_rows.h"
#include "cli/import_takeover.h"
#include "cli/view.h"
#include "cli/wrap.h"
#include "serve/keeper.h"

/* One import of cases, from its preview to its last row. */
struct import_run {
    struct house *house;
    const struct args *args;
    char *workflow;
    struct activation activation;
    struct value *about;
    struct import_sheet sheet;
    int64_t as_of; /* the instant the day of taking over begins; 0: none */
    size_t opened;
    int64_t sheet_id; /* of the form the rows are kept under */
    struct takeover takeover;
};

static const struct {
    const char *key, *zh, *en;
} FATES[ROW_FATES] = {
    [ROW_NEW] = {"new", "新增", "new"},
    [ROW_SAME] = {"same", "相同", "same"},
    [ROW_DIFFERENT] = {"different", "有变", "different"},
    [ROW_DUPLICATE] = {"duplicate", "重复", "duplicate"},
    [ROW_CLEAR] = {"clear", "无问题", "no problem"},
    [ROW_TOTAL] = {"total", "合计行", "totals"},
    [ROW_BAD] = {"bad", "有误", "bad"},
};

static void say_row(const struct import_run *run, const struct import_row *row)
{
    char head[64];

    snprintf(head, sizeof head, SAY("  第 %zu 行  %s  ", "  line %zu  %s  "), row->line,
             SAY(FATES[row->fate].zh, FATES[row->fate].en));
    wrap_print(&run->house->out, head, 20, row->why);
}

static void say_rows(const struct import_run *run)
{
    for (size_t i = 0; i < run->sheet.count; i++) {
        if (run->sheet.rows[i].why) {
            say_row(run, &run->sheet.rows[i]);
        }
    }
}

static void say_preview(const struct import_run *run)
{
    const struct out *out = &run->house->out;

    out_print(out, SAY("%s：", "%s: "), run->activation.title);
    for (size_t fate = 0; fate < ROW_FATES; fate++) {
        out_print(out, "%s%s %zu", fate ? SAY("，", ", ") : "", SAY(FATES[fate].zh, FATES[fate].en),
                  run->sheet.totals[fate]);
    }
    out_print(out, "%s\n", SAY(" 行。", " rows."));
    if (value_count(run->sheet.columns.unused)) {
        out_print(out, "%s", SAY("没有对应字段的列：", "columns that are no field: "));
        for (size_t i = 0; i < value_count(run->sheet.columns.unused); i++) {
            out_print(out, "%s%s", i ? SAY("、", ", ") : "",
                      value_text(value_at(run->sheet.columns.unused, i)));
        }
        out_print(out, "\n");
    }
    if (!run->sheet.has_key) {
        out_print(out, "%s\n",
                  SAY("没有“编号”列：以整行内容为准识别重复。",
                      "No key column: rows are told apart by their whole content."));
    }
    say_rows(run);
}

static void keep_document(struct import_run *run, bool is_done)
{
    struct value *map = out_map(&run->house->out);
    struct value *rows = value_new_list();

    for (size_t i = 0; map && i < run->sheet.count; i++) {
        const struct import_row *row = &run->sheet.rows[i];
        struct value *one = value_new_map();

        value_set_int(one, "line", (int64_t)row->line);
        value_set_text(one, "result", FATES[row->fate].key);
        value_set_text(one, "key", row->key);
        value_set_text(one, "number", row->target);
        value_set_text(one, "reason", row->why);
        value_push(rows, one);
    }
    if (!map) {
        value_free(rows);
        return;
    }
    for (size_t fate = 0; fate < ROW_FATES; fate++) {
        value_set_int(map, FATES[fate].key, (int64_t)run->sheet.totals[fate]);
    }
    value_set_bool(map, "done", is_done);
    value_set_int(map, "opened", (int64_t)run->opened);
    value_set_int(map, "cancelled", run->takeover.cancelled);
    value_set_int(map, "skipped", run->takeover.skipped);
    value_set(map, "unused", value_copy(run->sheet.columns.unused));
    value_set(map, "rows", rows);
}

/* The row as it stood in the file, and with the first one the form of the sheet. */
static bool keep_row(struct import_run *run, const struct import_row *row, const char *number,
                     struct err *err)
{
    struct house *house = run->house;
    struct value *headings = run->sheet_id ? NULL : import_headings(&run->sheet);
    struct value *cells = import_cells(&run->sheet, row);
    bool ok = (run->sheet_id || sheets_keep(house->site, house->office_id, run->workflow, headings,
                                            &run->sheet_id, err)) &&
              sheets_keep_row(house->site, run->sheet_id, number, cells, err);

    value_free(headings);
    value_free(cells);
    return ok;
}

/* The row becomes a case under a key of its own, so that an import that was cut short goes on where
   it stopped. */
static bool open_row(struct import_run *run, struct import_row *row, struct err *err)
{
    struct house *house = run->house;
    struct keeper_new fresh = {.office_id = house->office_id,
                               .workflow = run->workflow,
                               .given = row->given,
                               .at = row->opened_at ? row->opened_at : run->as_of};
    struct import_mark mark = {.office_id = house->office_id,
                               .kind = run->workflow,
                               .row_key = row->key,
                               .digest = row->digest};
    unsigned char bytes[DIGEST_SIZE];
    char number[CASE_NUMBER_SIZE];
    char hex[DIGEST_HEX];
    char key[DIGEST_HEX + 16];
    struct buf text;

    buf_init(&text, (size_t)2 * 1024 * 1024);
    buf_add_format(&text, "%s\n%s", run->workflow, row->key);
    digest_bytes(house->site->digest, buf_text(&text), text.length, bytes);
    buf_clear(&text);
    digest_hex(bytes, hex);
    snprintf(key, sizeof key, "import:%s", hex);
    if (!keeper_open_case(house->keeper, &house->actor, key, &fresh, number, err)) {
        return false;
    }
    mark.target = number;
    if (!store_begin(house->site->store, err)) {
        return false;
    }
    if (!import_keep(house->site, &mark, err) || !keep_row(run, row, number, err)) {
        store_rollback(house->site->store);
        run->sheet_id = 0; /* undone too, when this was the first row */
        return false;
    }
    row->target = mem_text(number);
    return store_commit(house->site->store, err);
}

static bool open_rows(struct import_run *run, struct err *err)
{
    for (size_t i = 0; i < run->sheet.count; i++) {
        struct import_row *row = &run->sheet.rows[i];
        struct err why = {0};

        if (row->fate != ROW_NEW) {
            continue;
        }
        if (open_row(run, row, &why)) {
            run->opened++;
        } else if (args_has(run->args, "skip-bad") && why.kind != ERR_INTERNAL) {
            import_row_spoil(&run->sheet, row, why.text);
            say_row(run, row);
        } else {
            *err = why;
            err_add(err,
                    SAY("第 %zu 行（此前已导入 %zu 件，再次导入同一文件即可继续）",
                        "line %zu (%zu cases were opened before it; import the same file again to "
                        "go on)"),
                    row->line, run->opened);
            return false;
        }
        out_progress(&run->house->out, SAY("已导入 %zu / %zu 件", "opened %zu of %zu"), run->opened,
                     run->sheet.totals[ROW_NEW]);
    }
    return true;
}

/* Lets what lies before the day run, and keeps it quiet. */
static bool take_over(struct import_run *run, struct err *err)
{
    struct keeper_ticked ticked = {0};

    if (!run->as_of) {
        return true;
    }
    run->takeover = (struct takeover){.house = run->house, .before = run->as_of};
    if (!keeper_tick(run->house->keeper, &run->house->actor, 0, &ticked, err)) {
        return false;
    }
    for (size_t i = 0; i < run->sheet.count; i++) {
        const struct import_row *row = &run->sheet.rows[i];

        if ((row->fate == ROW_NEW || row->fate == ROW_SAME) && row->target &&
            !takeover_case(&run->takeover, row->target, err)) {
            return false;
        }
    }
    return true;
}

static bool write(struct import_run *run, struct err *err)
{
    if (run->sheet.totals[ROW_BAD] && !args_has(run->args, "skip-bad")) {
        keep_document(run, false);
        err_set(err, ERR_INVALID,
                SAY("有 %zu 行有误，一行也没有导入（改正后重来，或加 --skip-bad）",
                    "%zu rows are bad, so nothing was imported (correct them, or add --skip-bad)"),
                run->sheet.totals[ROW_BAD]);
        return false;
    }
    if (!open_rows(run, err) || !take_over(run, err)) {
        return false;
    }
    out_print(&run->house->out, SAY("已立案 %zu 件。\n", "%zu cases opened.\n"), run->opened);
    if (run->as_of) {
        out_print(&run->house->out,
                  SAY("接管前：%zu 件的既往处置不再通知（取消消息 %" PRId64 " 条，不再执行 %" PRId64
                      " 项）。\n",
                      "Before taking over: %zu cases kept quiet (%" PRId64
                      " messages cancelled, %" PRId64 " rungs skipped).\n"),
                  run->takeover.quiet, run->takeover.cancelled, run->takeover.skipped);
    }
    keep_document(run, true);
    return true;
}

static bool read_as_of(struct import_run *run, struct err *err)
{
    const char *text = args_get(run->args, "as-of");
    int64_t day;

    if (!text) {
        return true;
    }
    if (!clock_parse_day(text, &day, err)) {
        return false;
    }
    if (clock_day_start(day) > site_now(run->house->site)) {
        err_set(err, ERR_INVALID, SAY("接管日 %s 在今天之后", "the day %s lies in the future"),
                text);
        return false;
    }
    run->as_of = clock_day_start(day);
    return true;
}

/* Skipping what a catch-up list holds takes the rights of one who may sign it: asked before
   anything is written. */
static bool may_take_over(struct import_run *run, struct err *err)
{
    static const char *const ROLES[] = {"director", "deputy", "section_head"};
    struct house *house = run->house;
    struct rights_question question = {.office_id = house->office_id,
                                       .person_id = house->actor.person_id,
                                       .day = clock_day(site_now(house->site))};
    struct value *principals;
    bool ok;

    if (!run->as_of || args_has(run->args, "dry-run")) {
        return true;
    }
    principals = value_new_list();
    for (size_t i = 0; i < COUNT_OF(ROLES); i++) {
        struct value *one = value_new_map();

        value_set_text(one, "kind", "role");
        value_set_text(one, "role", ROLES[i]);
        value_push(principals, one);
    }
    question.principals = principals;
    ok = rights_may(house->site, &question, NULL, err);
    if (!ok) {
        err_add(err, "%s", "--as-of");
    }
    value_free(principals);
    return ok;
}

/* A preview reads only: it needs no lock, and leaves nothing behind. */
static bool enter(struct import_run *run, struct err *err)
{
    struct house *house = run->house;

    if (!args_has(run->args, "dry-run")) {
        return house_write(house, run->args, err);
    }
    return house_start(house, err) && house_read(house, err) &&
           (house->keeper || keeper_open(house->site, house->zygote, &house->keeper, err)) &&
           house_who(house, run->args, err);
}

static bool import_cases(struct import_run *run, struct err *err)
{
    struct house *house = run->house;
    struct import_source source = {.house = house,
                                   .path = args_operand(run->args, 1),
                                   .name = args_get(run->args, "sheet"),
                                   .map = args_get(run->args, "map")};

    if (!enter(run, err) || !read_as_of(run, err) || !may_take_over(run, err) ||
        !view_workflow(house, args_operand(run->args, 0), &run->workflow, err) ||
        !activation_active(house->site, house->office_id, run->workflow, &run->activation, err) ||
        !json_parse(run->activation.about, strlen(run->activation.about), &run->about, err)) {
        return false;
    }
    source.workflow = run->workflow;
    source.activation_id = run->activation.activation_id;
    source.fields = value_get(run->about, "fields");
    if (!import_sheet_read(&source, &run->sheet, err)) {
        return false;
    }
    sheet_tell(&run->sheet.file, &house->out);
    say_preview(run);
    if (args_has(run->args, "dry-run")) {
        keep_document(run, false);
        out_print(&house->out, "%s\n",
                  SAY("这是预览，什么也没有写入。", "This was a preview; nothing was written."));
        return true;
    }
    return write(run, err);
}

static enum outcome import_handler(struct house *house, const struct args *args, struct err *err)
{
    struct import_run run = {.house = house, .args = args};
    const char *kind = args_operand(args, 0);
    bool ok;

    if (strcmp(kind, "units") == 0 || strcmp(kind, "people") == 0 ||
        strcmp(kind, "calendar") == 0) {
        return import_register(house, args, err);
    }
    ok = import_cases(&run, err);
    mem_free(run.workflow);
    value_free(run.about);
    activation_clear(&run.activation);
    import_sheet_clear(&run.sheet);
    return args_outcome(ok);
}

static const struct option OPTIONS[] = {
    {"map", "FILE", "表头对照（JSON：表头对应字段）", "JSON object: heading to field"},
    {"sheet", "NAME", "工作簿里的哪个工作表", "which sheet of a workbook"},
    {"as-of", "DATE", "接管日：此前的处置记为接管前，不发通知",
     "taken over on that day: nothing before it is sent"},
    {"dry-run", NULL, "只预览", "preview only"},
    {"skip-bad", NULL, "跳过有误的行", "leaves bad rows out"},
    {"overwrite", NULL, "单位和人员：有变的以文件为准", "units and people: take over what differs"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command import_commands[] = {
    {"import",
     "KIND FILE [--sheet NAME] [--map FILE] [--as-of DATE] [--dry-run] [--skip-bad] [--overwrite]",
     "导入单位（units）、人员（people）、日历（calendar）或台账",
     "imports units, people, calendar, or the ledger of a workflow", OPTIONS, 2, 2, 0,
     import_handler, REACH_SECOND},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
