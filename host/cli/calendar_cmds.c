/* The working calendar from the command line: count a date, bring in a year's notice, look at what
   is known. Counting works without a site too, on the years that are shipped. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/workdays.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/house.h"
#include "cli/right.h"
#include "cli/span.h"
#include "cli/table.h"
#include "serve/keeper.h"
#include "serve/keeper_ask.h"

/* ---- calendar due ---- */

static bool choice(const struct args *args, const char *name, const char *const *words,
                   const char **out, struct err *err)
{
    const char *given = args_get(args, name);

    *out = given ? given : words[0];
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(*out, words[i]) == 0) {
            return true;
        }
    }
    err_set(err, ERR_INVALID,
            SAY("--%s 没有“%s”，可用 %s、%s", "--%s has no \"%s\"; it takes %s or %s"), name, given,
            words[0], words[1]);
    return false;
}

static bool due_request(const struct args *args, struct value *request, struct err *err)
{
    static const char *const counts[] = {"from_next_day", "from_same_day", NULL};
    static const char *const lands[] = {"next_workday", "as_is", "previous_workday", NULL};
    const char *count;
    const char *land;
    char start[12];
    char *budget;
    int64_t day;

    if (!clock_parse_day(args_operand(args, 0), &day, err) ||
        !choice(args, "counts", counts, &count, err) || !choice(args, "lands", lands, &land, err)) {
        return false;
    }
    clock_format_day(day, start);
    value_set_text(request, "op", "due");
    value_set_text(request, "start", start);
    budget = span_plain(args_operand(args, 1));
    value_set_text(request, "budget", budget);
    mem_free(budget);
    value_set_text(request, "counts", count);
    value_set_text(request, "lands", land);
    value_set_bool(request, "explain", args_has(args, "explain"));
    return true;
}

static bool tell_due(struct house *house, const struct value *reply, struct err *err)
{
    const struct value *refused = value_get(reply, "refused");
    const struct value *lines = value_get(reply, "lines");
    const char *due = value_get_text(reply, "due");

    if (!due) {
        const char *text = value_get_text(refused, "text");

        err_set(err,
                err_kind_named(value_get_text(refused, "kind") ? value_get_text(refused, "kind")
                                                               : "invalid"),
                "%s", text ? text : SAY("期限无法推算", "the date cannot be counted"));
        return false;
    }
    for (size_t i = 0; i < value_count(lines); i++) {
        out_print(&house->out, "%s\n", value_text(value_at(lines, i)));
    }
    if (value_count(lines) == 0) { /* else the last line says it */
        out_print(&house->out, "%s\n", due);
    }
    if (value_get_bool(reply, "provisional")) {
        fprintf(house->out.errors, "duban: %s\n",
                SAY("该年放假安排尚未录入，日期为暂定",
                    "the notice of that year is not known yet; the date is provisional"));
    }
    out_document(&house->out, value_copy(reply));
    return true;
}

static enum outcome due_run(struct house *house, const struct args *args, struct err *err)
{
    struct value *request = value_new_map();
    struct value *reply = NULL;
    bool ok = due_request(args, request, err) && house_start(house, err) &&
              (!house_has_site(house) || house_read(house, err)) &&
              ask_calendar(house, request, NULL, err) && ask_worker(house, request, &reply, err) &&
              tell_due(house, reply, err);

    value_free(request);
    value_free(reply);
    return args_outcome(ok);
}

static const struct option due_options[] = {
    {"counts", "HOW", "from_next_day（默认，次日起算）或 from_same_day",
     "from_next_day (default) or from_same_day"},
    {"lands", "HOW", "next_workday（默认，遇休顺延）、as_is 或 previous_workday",
     "next_workday (default), as_is or previous_workday"},
    {"explain", NULL, "逐日说明", "tell each day that was counted or skipped"},
    {NULL, NULL, NULL, NULL},
};

/* ---- calendar import ---- */

struct import {
    struct house *house;
    struct calendar current;
    struct value *year;    /* as the file has it */
    struct value *years;   /* in force with that year put in */
    struct value *changes; /* days that differ */
    struct table *moves;
    int64_t number;
    bool is_same; /* the year is in force already: only cases may still have to follow */
};

static const struct column move_columns[] = {
    {"number", "事项", "case", 0, false},
    {"before", "原期限", "due before", 0, false},
    {"after", "新期限", "due after", 0, false},
    {NULL, NULL, NULL, 0, false},
};

static void import_clear(struct import *import)
{
    calendar_clear(&import->current);
    value_free(import->year);
    value_free(import->years);
    value_free(import->changes);
    table_free(import->moves);
}

static bool import_read(struct import *import, const char *path, struct err *err)
{
    struct house *house = import->house;
    struct buf bytes;
    char key[24];
    bool ok;

    buf_init(&bytes, CALENDARS_FILE_LIMIT + 1);
    ok = house_file(house, path, CALENDARS_FILE_LIMIT, &bytes, err) &&
         calendar_read_year(path, buf_text(&bytes), bytes.length, &import->number, &import->year,
                            err) &&
         calendar_current(house->site, house->office_id, &import->current, err);
    buf_clear(&bytes);
    if (!ok) {
        return false;
    }
    snprintf(key, sizeof key, "%lld", (long long)import->number);
    import->is_same = value_is_equal(value_get(import->current.years, key), import->year);
    if (import->is_same) {
        import->years = value_copy(import->current.years);
    } else if (!calendar_with_year(import->current.years, import->number, import->year,
                                   &import->years, err)) {
        return false;
    }
    import->changes = calendar_difference(import->current.years, import->years);
    return true;
}

static void note_move(void *context, const char *number, const char *before, const char *after)
{
    struct table *moves = context;

    table_text(moves, number);
    table_text(moves, before);
    table_text(moves, after);
}

static void tell_changes(const struct import *import)
{
    const struct out *out = &import->house->out;
    size_t count = value_count(import->changes);

    out_print(out, SAY("%lld 年历表，%zu 天有变化\n", "calendar of %lld, %zu days differ\n"),
              (long long)import->number, count);
    for (size_t i = 0; i < count; i++) {
        const struct value *day = value_at(import->changes, i);
        const char *name = value_get_text(day, "name");

        out_print(out, "  %s  %s  %s\n", value_get_text(day, "date"),
                  value_get_bool(day, "works") ? SAY("上班", "worked") : SAY("放假", "off   "),
                  name ? name : "");
    }
    out_print(out, SAY("在办事项中 %zu 个期限移动\n", "%zu dates of open cases move\n"),
              table_rows(import->moves));
    table_print(import->moves, out, NULL);
}

static void import_document(struct import *import, bool is_done)
{
    struct value *document = value_new_map();

    value_set_int(document, "year", import->number);
    value_set(document, "days", value_copy(import->changes));
    value_set(document, "moves", table_value(import->moves));
    value_set_bool(document, "done", is_done);
    out_document(&import->house->out, document);
}

static bool add_calendar(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct import *import = context;
    char note[64];
    int64_t id;

    snprintf(note, sizeof note, SAY("导入 %lld 年", "year %lld brought in"),
             (long long)import->number);
    if (!calendar_add(import->house->site, import->house->office_id, import->years, note, &id,
                      err)) {
        return false;
    }
    *body = value_new_map();
    value_set_int(*body, "year", import->number);
    value_set_int(*body, "moves", (int64_t)table_rows(import->moves));
    buf_add_format(result, "%lld", (long long)import->number);
    return true;
}

/* Also where nothing moves: dates that were provisional become final. */
static bool import_follow(struct import *import, struct err *err)
{
    struct house *house = import->house;
    char hash[DIGEST_HEX];
    int64_t id;

    return calendar_current_id(house->site, house->office_id, &id, hash, err) &&
           keeper_calendar_changed(house->keeper, &house->actor, house->office_id, hash, false,
                                   NULL, NULL, err);
}

/* The calendar first, then the cases: after a crash in between, the same command finds the year in
   force and the cases that still have to follow. */
static bool import_write(struct import *import, struct err *err)
{
    struct house *house = import->house;
    char object[24];
    struct act act;
    struct buf result;
    bool ok = true;

    snprintf(object, sizeof object, "%lld", (long long)import->number);
    buf_init(&result, ACTS_RESULT_LIMIT);
    if (!import->is_same) {
        house_act(house, "calendar import", object, import->year, &act);
        ok = act_run(house->site, &act, add_calendar, import, &result, err);
    }
    buf_clear(&result);
    ok = ok && import_follow(import, err);
    if (ok) {
        out_print(&house->out, SAY("已启用 %lld 年历表\n", "the calendar of %lld is in force\n"),
                  (long long)import->number);
    }
    return ok;
}

static bool import_decide(struct import *import, const struct args *args, struct err *err)
{
    bool is_dry = args_has(args, "dry-run");
    bool is_accepted = args_has(args, "accept");
    size_t moves = table_rows(import->moves);
    bool ok = true;

    if (import->is_same && moves == 0) {
        out_print(&import->house->out,
                  SAY("%lld 年历表已启用，没有变化\n",
                      "the calendar of %lld is in force already; nothing changes\n"),
                  (long long)import->number);
        import_document(import, false);
        return is_dry || import_follow(import, err); /* the first time it may not have got there */
    }
    tell_changes(import);
    if (!is_dry && moves > 0 && !is_accepted) {
        err_set(err, ERR_CONFLICT,
                SAY("%zu 个在办期限将移动，核对上表后加 --accept 再执行",
                    "%zu open dates would move; read the list, then run it again with --accept"),
                moves);
        ok = false;
    } else if (!is_dry) {
        ok = import_write(import, err);
    }
    import_document(import, ok && !is_dry);
    return ok;
}

static enum outcome import_run(struct house *house, const struct args *args, struct err *err)
{
    struct import import = {.house = house, .moves = table_new(move_columns)};
    bool ok = house_write(house, args, err) &&
              (args_has(args, "dry-run") || right_administers(house, err)) &&
              import_read(&import, args_operand(args, 0), err) &&
              keeper_calendar_preview(house->keeper, house->office_id, import.years, note_move,
                                      import.moves, err) &&
              import_decide(&import, args, err);

    import_clear(&import);
    return args_outcome(ok);
}

static const struct option import_options[] = {
    {"accept", NULL, "接受列出的期限移动", "accept the dates that move"},
    {"dry-run", NULL, "只列出，不写入", "list only, write nothing"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

/* ---- calendar check ---- */

static const struct column year_columns[] = {
    {"year", "年份", "year", 0, true},      {"notice", "通知", "notice", 0, false},
    {"issued", "发布", "issued", 0, false}, {"off", "放假", "off", 0, true},
    {"work", "调班", "worked", 0, true},    {"workdays", "工作日", "working days", 0, true},
    {NULL, NULL, NULL, 0, false},
};

static void year_row(struct table *table, const struct workdays *workdays, const char *key,
                     const struct value *year)
{
    int64_t number = 0;

    for (const char *at = key; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (*at - '0');
    }
    table_int(table, number);
    table_text(table, value_get_text(year, "notice"));
    table_text(table, value_get_text(year, "issued"));
    table_int(table, (int64_t)value_count(value_get(year, "off")));
    table_int(table, (int64_t)value_count(value_get(year, "work")));
    table_int(table,
              workdays_count(workdays, workdays_day(number, 1, 1), workdays_day(number, 12, 31)));
}

/* What lacks, as a sentence with its remedy; NULL when the calendar reaches far enough. */
static const char *lack_of(const struct value *years, int64_t today, bool *is_grave)
{
    struct civil civil = workdays_civil(today);
    int64_t last = calendar_last_year(years);

    *is_grave = last < civil.year;
    if (last < civil.year) {
        return SAY("本年放假安排未录入，所有期限都是暂定：请执行 duban calendar import 年份.json",
                   "the notice of this year is missing and every date is provisional: duban "
                   "calendar import YEAR.json");
    }
    if (last == civil.year && civil.month >= 11) {
        return SAY("明年放假安排未录入，跨年期限为暂定：国务院办公厅通知发布后执行 duban calendar "
                   "import 年份.json",
                   "the notice of next year is missing; dates beyond the year are provisional: "
                   "duban calendar "
                   "import YEAR.json once it is issued");
    }
    return NULL;
}

static enum outcome check_run(struct house *house, const struct args *args, struct err *err)
{
    struct value *years = NULL;
    struct value *request = value_new_map();
    struct value *document = value_new_map();
    struct table *table = table_new(year_columns);
    struct workdays *workdays = NULL;
    const char *lack = NULL;
    bool is_grave = false;
    bool ok = (!house_has_site(house) || house_read(house, err)) &&
              ask_calendar(house, request, &years, err);

    (void)args;
    if (ok) {
        workdays = workdays_new(years);
        for (size_t i = 0; i < value_count(years); i++) {
            year_row(table, workdays, value_key_at(years, i), value_at(years, i));
        }
        table_print(table, &house->out, SAY("没有任何年份", "no year is known"));
        lack =
            lack_of(years, clock_day(house->site ? site_now(house->site) : clock_now()), &is_grave);
        out_print(&house->out, "%s%s", lack ? lack : "", lack ? "\n" : "");
        value_set(document, "years", table_value(table));
        value_set_text(document, "lack", lack);
        out_document(&house->out, document);
        document = NULL;
    }
    workdays_free(workdays);
    table_free(table);
    value_free(document);
    value_free(request);
    value_free(years);
    return args_outcome(ok && !is_grave);
}

const struct command calendar_commands[] = {
    {"calendar due", "START BUDGET [--lands HOW] [--counts HOW] [--explain]",
     "推算期限：5wd 工作日、15d 自然日、2m 月，负数往前",
     "count a date: 5wd 15d 2m, negative ones back", due_options, 2, 2, 0, due_run, REACH_SITE},
    {"calendar import", "FILE [--accept] [--dry-run]", "录入一年的放假安排，列出移动的期限",
     "bring in a year's notice and list the open dates that move", import_options, 1, 1, 0,
     import_run, REACH_FIRST},
    {"calendar check", "", "已知年份与缺少的年份", "the years known and the years missing", NULL, 0,
     0, 0, check_run, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
