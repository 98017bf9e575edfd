/* `duban cases`: the cases one may see, narrowed, ordered, counted. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cases_filter.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/table.h"

#define PAGE_ROWS 100   /* of a list for people */
#define COUNT_MOST 1000 /* what a page leaves out is counted no further */

const struct option cases_options[] = {
    {"workflow", "ID", "只列一种事项（编码或名称）", "only one workflow, by id or title"},
    {"state", "STATE", "只列一种状态（编码或名称）", "only one state, by id or title"},
    {"unit", "UNIT", "只列一个单位（编码或名称）", "only one unit, by code or name"},
    {"person", "PERSON", "只列某人经手过的", "only what somebody acted on"},
    {"overdue", NULL, "只列已超期未结的", "only open ones past their day"},
    {"open", NULL, "只列未结的", "only open ones"},
    {"closed", NULL, "只列已结的", "only closed ones"},
    {"since", "DATE", "自此日起立案的", "opened on this day or later"},
    {"until", "DATE", "至此日止立案的（含当日）", "opened on this day or earlier"},
    {"where", "FIELD=VALUE", "登记项符合的，文本含有即可（可多次）",
     "a field of the record; text need only contain it"},
    {"columns", "LIST", "列，以逗号分隔，也可写登记项", "columns with commas, fields too"},
    {"sort", "COLUMN", "排序，前加 - 为倒序", "the order; a - before it turns it round"},
    {"total", NULL, "不列案件，按事项、状态、单位计数",
     "counts by workflow, state and unit instead"},
    {"limit", "N", "每页 N 件（默认 100，0 为全部）", "N a page (100 unless given, 0 for all)"},
    {"page", "N", "第 N 页", "the Nth page"},
    OPTION_FILE,
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

enum known_column {
    NUMBER,
    TITLE,
    UNIT,
    STATE,
    DUE,
    LATE,
    OFFICE,
    OPENED,
    CLOSED,
    PARENT,
    FIELD
};

static const struct column KNOWN[] = {
    [NUMBER] = {"number", "案号", "CASE", 0, false},
    [TITLE] = {"title", "事项", "WORKFLOW", 18, false},
    [UNIT] = {"unit", "单位", "UNIT", 16, false},
    [STATE] = {"state", "状态", "STATE", 12, false},
    [DUE] = {"due", "期限", "DUE", 0, false},
    [LATE] = {"late", "超期自", "LATE SINCE", 0, false},
    [OFFICE] = {"office", "机构", "OFFICE", 20, false},
    [OPENED] = {"opened", "立案", "OPENED", 0, false},
    [CLOSED] = {"closed", "办结", "CLOSED", 0, false},
    [PARENT] = {"parent", "上级事项", "OPENED BY", 0, false},
};

static const enum known_column USUAL[] = {NUMBER, TITLE, UNIT, STATE, DUE};

struct shown {
    enum known_column known;
    struct value *fields; /* of FIELD: where the value may stand */
    char *label;
};

struct listing {
    struct view *view;
    struct cases_filter given;
    struct table *table;
    struct column *columns; /* ended by a key of NULL */
    struct shown *shown;
    size_t count;
    int64_t today;
    int64_t limit;
    int64_t listed;
    bool is_cut;
};

/* ---- rows ---- */

static enum paint paint_of(const struct listing *listing, const struct case_line *line)
{
    int64_t due;

    if (line->set_aside || line->late_since) {
        return PAINT_RED;
    }
    if (!line->due || line->closed_at != CASE_NEVER || !clock_parse_day(line->due, &due, NULL)) {
        return PAINT_NONE;
    }
    return due >= listing->today && due - listing->today <= 7 ? PAINT_YELLOW : PAINT_NONE;
}

static void put_office(struct listing *listing, int64_t office_id)
{
    struct office office;
    struct err unsaid = {0};
    bool is_there = registry_office(listing->view->house->site, office_id, &office, &unsaid);

    table_text(listing->table, is_there ? office.name : NULL);
}

static void put_instant_day(struct table *table, int64_t instant)
{
    if (instant == CASE_NEVER) {
        table_text(table, NULL);
    } else {
        table_day(table, clock_day(instant));
    }
}

static void put_field(struct listing *listing, const struct case_line *line,
                      const struct shown *shown)
{
    struct labels labels = view_labels(listing->view, line->activation_id);
    struct value *record = NULL;
    struct buf text;

    buf_init(&text, (size_t)64 * 1024);
    if (json_parse(line->record, strlen(line->record), &record, NULL)) {
        for (size_t i = 0; i < value_count(shown->fields) && !text.length; i++) {
            const char *id = value_get_text(value_at(shown->fields, i), "id");

            label_value(&labels, label_field(value_get(labels.about, "fields"), id),
                        value_get(record, id), &text);
        }
    }
    table_text(listing->table, text.length ? buf_text(&text) : NULL);
    value_free(record);
    buf_clear(&text);
}

static void put_cell(struct listing *listing, const struct case_line *line,
                     const struct shown *shown)
{
    struct table *table = listing->table;

    switch (shown->known) {
    case NUMBER:
        table_text(table, line->number);
        break;
    case TITLE:
        table_text(table, line->title);
        break;
    case UNIT:
        table_text(table, line->unit_name);
        break;
    case STATE:
        table_text(table, line->set_aside
                              ? SAY("搁置（故障）", "put aside")
                              : label_title(view_about(listing->view, line->activation_id),
                                            "states", line->state));
        break;
    case DUE:
        table_paint(table, paint_of(listing, line),
                    line->late_since ? line->late_since : line->due);
        break;
    case LATE:
        table_paint(table, PAINT_RED, line->late_since);
        break;
    case OFFICE:
        put_office(listing, line->office_id);
        break;
    case OPENED:
        put_instant_day(table, line->opened_at);
        break;
    case CLOSED:
        put_instant_day(table, line->closed_at);
        break;
    case PARENT:
        table_text(table, line->parent);
        break;
    default:
        put_field(listing, line, shown);
    }
}

/* One row more than a page is asked for, to know whether there is another. */
static bool add_case(void *context, const struct case_line *line)
{
    struct listing *listing = context;

    if (listing->limit && listing->listed == listing->limit) {
        listing->is_cut = true;
        return false;
    }
    listing->listed++;
    for (size_t i = 0; i < listing->count; i++) {
        put_cell(listing, line, &listing->shown[i]);
    }
    return true;
}

/* ---- columns ---- */

static void add_column(struct listing *listing, enum known_column known, struct value *fields,
                       const char *label)
{
    struct shown *shown;
    struct column *column;

    listing->shown = mem_resize(listing->shown, (listing->count + 1) * sizeof *listing->shown);
    listing->columns =
        mem_resize(listing->columns, (listing->count + 2) * sizeof *listing->columns);
    shown = &listing->shown[listing->count];
    column = &listing->columns[listing->count++];
    *shown = (struct shown){.known = known, .fields = fields, .label = mem_text(label)};
    *column = known == FIELD ? (struct column){shown->label, shown->label, shown->label, 24, false}
                             : KNOWN[known];
    column[1] = (struct column){NULL, NULL, NULL, 0, false};
}

static bool add_named(struct listing *listing, const char *word, struct err *err)
{
    struct value *fields = NULL;

    for (size_t i = 0; i < COUNT_OF(KNOWN); i++) {
        if (strcmp(word, KNOWN[i].key) == 0 || strcmp(word, KNOWN[i].title_zh) == 0) {
            add_column(listing, (enum known_column)i, NULL, NULL);
            return true;
        }
    }
    if (!cases_filter_fields(&listing->given, listing->view, word, &fields, err)) {
        err_set(
            err, ERR_MISSING,
            SAY("没有列“%s”；有：案号、事项、单位、状态、期限、超期自、机构、立案、办结、上级事项"
                "和各登记项",
                "there is no column \"%s\": number, title, unit, state, due, late, office,"
                " opened, closed, parent, and the fields of records"),
            word);
        return false;
    }
    add_column(listing, FIELD, fields, word);
    return true;
}

static bool choose_columns(struct listing *listing, const char *list, struct err *err)
{
    bool ok = true;

    for (size_t i = 0; !list && i < COUNT_OF(USUAL); i++) {
        add_column(listing, USUAL[i], NULL, NULL);
    }
    while (ok && list && *list) {
        const char *end = list;
        char *word;

        while (*end && *end != ',' && strncmp(end, "，", strlen("，")) != 0 &&
               strncmp(end, "、", strlen("、")) != 0) {
            end++;
        }
        word = mem_text_n(list, (size_t)(end - list));
        ok = add_named(listing, word, err);
        mem_free(word);
        list = end + (*end == ',' ? 1 : *end ? strlen("，") : 0);
    }
    listing->table = table_new(listing->columns);
    return ok;
}

static void end(struct listing *listing)
{
    table_free(listing->table);
    for (size_t i = 0; i < listing->count; i++) {
        value_free(listing->shown[i].fields);
        mem_free(listing->shown[i].label);
    }
    mem_free(listing->shown);
    mem_free(listing->columns);
    cases_filter_end(&listing->given);
}

/* ---- totals ---- */

static const struct column TOTAL_COLUMNS[] = {
    {"name", "", "", 44, false},       {"count", "件数", "CASES", 0, true},
    {"open", "未结", "OPEN", 0, true}, {"late", "超期", "LATE", 0, true},
    {NULL, NULL, NULL, 0, false},
};

struct totals {
    struct listing *listing;
    struct table *table;
    int64_t sums[3];
};

/* The newest description of the workflow names it and its states. */
static const struct value *about_of(const struct totals *totals, const char *workflow)
{
    const struct value *abouts = totals->listing->given.abouts;

    for (size_t i = 0; i < value_count(abouts); i++) {
        const char *id = value_get_text(value_at(abouts, i), "id");

        if (id && strcmp(id, workflow) == 0) {
            return value_at(abouts, i);
        }
    }
    return NULL;
}

static void say_total(const struct totals *totals, const struct case_total *total, struct buf *out)
{
    const struct value *about = total->workflow ? about_of(totals, total->workflow) : NULL;
    const char *title = value_get_text(about, "title");
    struct unit unit;
    struct err unsaid = {0};

    if (total->workflow) {
        buf_add_text(out, title ? title : total->workflow);
    } else if (total->unit_id &&
               registry_unit(totals->listing->view->house->site, total->unit_id, &unit, &unsaid)) {
        buf_add_text(out, unit.name);
    } else {
        buf_add_text(out, SAY("（无单位）", "(no unit)"));
    }
    if (total->state) {
        buf_add_format(out, " · %s", label_title(about, "states", total->state));
    }
}

static void add_total(void *context, const struct case_total *total)
{
    struct totals *totals = context;
    struct buf name;

    buf_init(&name, 2048);
    say_total(totals, total, &name);
    table_text(totals->table, buf_text(&name));
    table_int(totals->table, total->count);
    table_int(totals->table, total->open);
    table_int(totals->table, total->late);
    totals->sums[0] += total->count;
    totals->sums[1] += total->open;
    totals->sums[2] += total->late;
    buf_clear(&name);
}

static bool show_totals(struct listing *listing, struct value *map, struct err *err)
{
    static const struct {
        const char *key, *zh, *en;
        enum case_order by;
    } KINDS[] = {{"workflow", "按事项", "by workflow", CASES_BY_WORKFLOW},
                 {"state", "按状态", "by state", CASES_BY_STATE},
                 {"unit", "按单位", "by unit", CASES_BY_UNIT}};
    struct house *house = listing->view->house;
    bool ok = cases_filter_load(&listing->given, listing->view, err);

    for (size_t i = 0; ok && i < COUNT_OF(KINDS); i++) {
        struct totals totals = {.listing = listing, .table = table_new(TOTAL_COLUMNS)};

        ok = cases_totals(house->site->store, &listing->given.filter, KINDS[i].by, add_total,
                          &totals, err);
        if (ok) {
            out_print(&house->out, "%s%s\n", i ? "\n" : "", SAY(KINDS[i].zh, KINDS[i].en));
            table_print(totals.table, &house->out, SAY("没有这样的案件。", "No such case."));
            out_print(&house->out,
                      SAY("共 %" PRId64 " 件，未结 %" PRId64 "，超期 %" PRId64 "\n",
                          "%" PRId64 " cases, %" PRId64 " open, %" PRId64 " late\n"),
                      totals.sums[0], totals.sums[1], totals.sums[2]);
        }
        value_set(map, KINDS[i].key, table_value(totals.table));
        table_free(totals.table);
    }
    return ok;
}

/* ---- the command ---- */

/* Conditions that an index knows: counting what they let through costs little. */
static bool is_plain(const struct case_filter *filter)
{
    return !filter->states && !filter->where && !filter->person && !filter->opened_from &&
           !filter->opened_until;
}

static bool say_all(const struct listing *listing, struct err *err)
{
    const struct out *out = &listing->view->house->out;
    int64_t all = 0;

    if (!cases_count(listing->view->house->site->store, &listing->given.filter, COUNT_MOST, &all,
                     err)) {
        return false;
    }
    if (all > COUNT_MOST) {
        out_print(out, SAY("，共 %d 件以上", " of more than %d"), COUNT_MOST);
    } else {
        out_print(out, SAY("，共 %" PRId64 " 件", " of %" PRId64), all);
    }
    return true;
}

static bool say_count(struct listing *listing, struct err *err)
{
    const struct out *out = &listing->view->house->out;
    const struct case_filter *filter = &listing->given.filter;

    if (!listing->listed || out->is_json) {
        return true;
    }
    if (!listing->is_cut && !filter->skip) {
        out_print(out, SAY("共 %" PRId64 " 件。\n", "%" PRId64 " cases.\n"), listing->listed);
        return true;
    }
    out_print(out, SAY("第 %" PRId64 " 至 %" PRId64 " 件", "%" PRId64 " to %" PRId64),
              filter->skip + 1, filter->skip + listing->listed);
    if (is_plain(filter) && !say_all(listing, err)) {
        return false;
    }
    if (listing->is_cut) {
        out_print(out,
                  SAY("；下一页加 --page %" PRId64 "，全部加 --limit 0",
                      "; --page %" PRId64 " goes on, --limit 0 lists all"),
                  filter->skip / listing->limit + 2);
    }
    out_print(out, "%s\n", SAY("。", "."));
    return true;
}

static bool read_page(struct listing *listing, const struct args *args, struct err *err)
{
    bool is_whole = listing->view->house->out.is_json || args_has(args, "o");
    int64_t page = 1;

    if (!args_int(args, "limit", is_whole ? 0 : PAGE_ROWS, &listing->limit, err) ||
        !args_int(args, "page", 1, &page, err)) {
        return false;
    }
    if (listing->limit < 0 || page < 1 || page > 100000000 || listing->limit > 100000000) {
        err_set(err, ERR_INVALID, "%s",
                SAY("--limit 应为整数（0 为全部），--page 从 1 起",
                    "--limit takes a whole number (0 for all), --page begins at 1"));
        return false;
    }
    listing->given.filter.skip = (page - 1) * listing->limit;
    listing->given.filter.limit = listing->limit ? listing->limit + 1 : 0;
    return true;
}

static bool list(struct listing *listing, const struct args *args, struct err *err)
{
    struct house *house = listing->view->house;
    struct value *map;

    if (args_has(args, "total")) {
        map = value_new_map();
        if (!show_totals(listing, map, err)) {
            value_free(map);
            return false;
        }
        out_document(&house->out, map);
        return true;
    }
    return choose_columns(listing, args_get(args, "columns"), err) &&
           cases_list(house->site->store, &listing->given.filter, add_case, listing, err) &&
           table_give(listing->table, &house->out, args_get(args, "o"),
                      SAY("没有这样的案件。", "No such case."), err) &&
           (args_has(args, "o") || say_count(listing, err));
}

enum outcome cases_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct listing listing = {.view = &view};
    bool ok = false;

    if (args_has(args, "closed") && (args_has(args, "open") || args_has(args, "overdue"))) {
        return args_refuse(err, "%s",
                           SAY("--closed 与 --open、--overdue 不能同用",
                               "--closed excludes --open and --overdue"));
    }
    view.house = house;
    if (!read_page(&listing, args, err)) {
        return OUTCOME_USAGE;
    }
    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !cases_filter_read(&listing.given, &view, args, err)) {
        goto done;
    }
    listing.today = clock_day(site_now(house->site));
    ok = list(&listing, args, err);
done:
    end(&listing);
    view_end(&view);
    return args_outcome(ok);
}
