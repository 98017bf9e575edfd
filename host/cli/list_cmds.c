/* Lists of cases. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/cases.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/table.h"
#include "cli/view.h"

static const struct column COLUMNS[] = {
    {"number", "案号", "CASE", 0, false}, {"title", "事项", "WORKFLOW", 18, false},
    {"unit", "单位", "UNIT", 14, false},  {"state", "状态", "STATE", 10, false},
    {"due", "期限", "DUE", 0, false},     {NULL, NULL, NULL, 0, false},
};

struct listing {
    struct view *view;
    struct table *table;
    const char *state; /* id or title; NULL: all */
    bool is_closed;    /* only closed ones */
    bool is_overdue;   /* only overdue ones */
    int64_t limit;     /* 0: none */
    int64_t count;     /* of all, listed or not */
    int64_t today;
};

static enum paint paint_of(const struct listing *listing, const struct case_line *line,
                           bool is_overdue)
{
    int64_t due;

    if (line->set_aside || is_overdue) {
        return PAINT_RED;
    }
    if (!line->due || line->closed_at != CASE_NEVER || !clock_parse_day(line->due, &due, NULL)) {
        return PAINT_NONE;
    }
    return due >= listing->today && due - listing->today <= 7 ? PAINT_YELLOW : PAINT_NONE;
}

static void add_row(struct listing *listing, const struct case_line *line, const char *state,
                    const char *late)
{
    listing->count++;
    if (listing->limit && listing->count > listing->limit) {
        return;
    }
    table_text(listing->table, line->number);
    table_text(listing->table, line->title);
    table_text(listing->table, line->unit_name);
    table_text(listing->table, line->set_aside ? SAY("搁置（故障）", "put aside") : state);
    table_paint(listing->table, paint_of(listing, line, late != NULL), late ? late : line->due);
}

static bool add_case(void *context, const struct case_line *line)
{
    struct listing *listing = context;
    const struct value *about;
    const char *title;

    if (!view_sees(listing->view, line) || (listing->is_closed && line->closed_at == CASE_NEVER)) {
        return true;
    }
    about = view_about(listing->view, line->activation_id);
    title = label_title(about, "states", line->state);
    if (listing->state && strcmp(listing->state, line->state) != 0 &&
        strcmp(listing->state, title) != 0) {
        return true;
    }
    if (line->late_since || !listing->is_overdue) {
        add_row(listing, line, title, line->late_since);
    }
    return true;
}

/* The filter that the store applies; workflow and unit are looked up by what people call them. */
static bool read_filter(struct house *house, const struct args *args, struct case_filter *filter,
                        char **workflow, struct err *err)
{
    struct unit unit;

    if (args_has(args, "workflow")) {
        if (!view_workflow(house, args_get(args, "workflow"), workflow, err)) {
            return false;
        }
        filter->workflow = *workflow;
    }
    if (args_has(args, "unit")) {
        if (!registry_unit_find(house->site, house->office_id, args_get(args, "unit"), &unit,
                                err)) {
            return false;
        }
        filter->unit_id = unit.unit_id;
    }
    filter->is_open = args_has(args, "open");
    return true;
}

static enum outcome cases_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct case_filter filter = {0};
    struct listing listing = {.view = &view,
                              .state = args_get(args, "state"),
                              .is_closed = args_has(args, "closed"),
                              .is_overdue = args_has(args, "overdue")};
    char *workflow = NULL;
    bool ok = false;

    if (listing.is_closed && (args_has(args, "open") || args_has(args, "overdue"))) {
        return args_refuse(err, "%s",
                           SAY("--closed 与 --open、--overdue 不能同用",
                               "--closed excludes --open and --overdue"));
    }
    if (!args_int(args, "limit", 0, &listing.limit, err) || listing.limit < 0) {
        return args_refuse(err, "%s", SAY("--limit 应为正整数", "--limit takes a whole number"));
    }
    listing.table = table_new(COLUMNS);
    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !view_find_offices(&view, err) || !read_filter(house, args, &filter, &workflow, err)) {
        goto done;
    }
    listing.today = clock_day(site_now(house->site));
    filter.offices = view.seen;
    filter.office_count = view.seen_count;
    if (!cases_list(house->site->store, &filter, add_case, &listing, err)) {
        goto done;
    }
    if (!table_give(listing.table, &house->out, args_get(args, "o"),
                    SAY("没有这样的案件。", "No such case."), err)) {
        goto done;
    }
    if (listing.limit && listing.count > listing.limit) {
        out_print(&house->out,
                  SAY("列出 %" PRId64 " 件，共 %" PRId64 " 件。\n",
                      "%" PRId64 " listed of %" PRId64 " cases.\n"),
                  listing.limit, listing.count);
    } else if (listing.count) {
        out_print(&house->out, SAY("共 %" PRId64 " 件。\n", "%" PRId64 " cases.\n"), listing.count);
    }
    ok = true;
done:
    table_free(listing.table);
    mem_free(workflow);
    view_end(&view);
    return args_outcome(ok);
}

static const struct option CASES_OPTIONS[] = {
    {"workflow", "ID", "只列一种事项（编码或名称）", "only one workflow, by id or title"},
    {"state", "STATE", "只列一种状态（编码或名称）", "only one state, by id or title"},
    {"unit", "UNIT", "只列一个单位（编码或名称）", "only one unit, by code or name"},
    {"overdue", NULL, "只列已超期未结的", "only open ones past their day"},
    {"open", NULL, "只列未结的", "only open ones"},
    {"closed", NULL, "只列已结的", "only closed ones"},
    {"limit", "N", "至多列出 N 件", "at most N"},
    OPTION_FILE,
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command list_commands[] = {
    {"cases",
     "[--workflow ID] [--state STATE] [--unit UNIT] [--overdue] [--open|--closed] [--limit N] "
     "[-o FILE]",
     "列出案件", "lists cases", CASES_OPTIONS, 0, 0, 0, cases_handler, REACH_SITE},
    {"find", "TEXT", "查找：案号、名称或其拼音首字母、登记内容的词",
     "a case, unit or person by number, name, initials, words", find_options, 1, 1, 0, find_handler,
     REACH_SITE},
    {"report figures", "[--since DATE] [--until DATE] [-o FILE]",
     "统计：应办、办结、按期、超期、平均用时", "figures: due, done, in time, overdue, days taken",
     figures_options, 0, 0, 0, figures_handler, REACH_SITE},
    {"ledger", "[WORKFLOW] -o FILE", "台账：按导入的列还原，附当前状态",
     "a ledger as it was imported, with what became of it", ledger_options, 0, 1, 0, ledger_handler,
     REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
