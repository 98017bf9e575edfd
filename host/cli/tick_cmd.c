/* `duban tick`: everything that is due, told as a timeline by day. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/reach.h"
#include "casework/workdays.h"
#include "cli/because.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/view.h"
#include "cli/words.h"
#include "cli/wrap.h"
#include "serve/keeper.h"

/* A timeline longer than this is not read by anybody; the rest is counted. */
#define LINES_MAX 1000

#define NUMBER_WIDTH 19
#define UNIT_WIDTH 14

struct timeline {
    struct view view;
    struct because because;
    struct view_case of; /* of the last row */
    struct value *list;  /* for JSON */
    int64_t day;         /* of the last row */
    bool is_same_case;
    size_t lines;
    size_t left_out;
};

static void say_day(struct timeline *timeline, int64_t day)
{
    static const char *const ZH[] = {"一", "二", "三", "四", "五", "六", "日"};
    static const char *const EN[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    size_t weekday = (size_t)workdays_weekday(day) - 1;
    struct out *out = &timeline->view.house->out;
    char text[12];

    clock_format_day(day, text);
    out_print(out, "%s", timeline->lines ? "\n" : "");
    if (text_is_zh()) {
        out_paint(out, PAINT_BOLD, "%s 周%s", text, ZH[weekday]);
    } else {
        out_paint(out, PAINT_BOLD, "%s %s", text, EN[weekday]);
    }
    out_print(out, "\n");
    timeline->day = day;
}

/* The case of the row, looked up when it is not the one before. */
static bool turn_to(struct timeline *timeline, const char *number)
{
    if (timeline->of.number && strcmp(timeline->of.number, number) == 0) {
        return true;
    }
    view_case_clear(&timeline->of);
    timeline->is_same_case = false;
    return view_case(&timeline->view, number, &timeline->of, NULL);
}

static void say_row(struct timeline *timeline, const char *text)
{
    struct buf head;

    buf_init(&head, 4096);
    buf_add_text(&head, "  ");
    wrap_cell(&head, timeline->is_same_case ? "" : timeline->of.number, NUMBER_WIDTH);
    buf_add_text(&head, "  ");
    wrap_cell(&head,
              timeline->is_same_case   ? ""
              : timeline->of.unit_name ? timeline->of.unit_name
                                       : timeline->of.title,
              UNIT_WIDTH);
    buf_add_text(&head, "  ");
    wrap_print(&timeline->view.house->out, buf_text(&head), text_width(buf_text(&head)), text);
    buf_clear(&head);
}

static void keep_row(struct timeline *timeline, const struct keeper_row *from, struct value *row)
{
    char day[12];

    clock_format_day(clock_day(from->at), day);
    value_set_text(row, "day", day);
    value_set_int(row, "at", from->at);
    value_set_text(row, "number", from->number);
    value_set_text(row, "unit", timeline->of.unit_name);
    value_set_int(row, "seq", from->seq);
    value_push(timeline->list, row);
}

static void take_row(void *context, const struct keeper_row *from)
{
    struct timeline *timeline = context;
    struct words_row words = {.kind = from->kind, .name = from->name};
    struct value *row;

    if (words_is_noise(&words)) {
        return;
    }
    if (timeline->lines >= LINES_MAX || !turn_to(timeline, from->number)) {
        timeline->left_out++;
        return;
    }
    if (!timeline->lines || clock_day(from->at) != timeline->day) {
        say_day(timeline, clock_day(from->at));
        timeline->is_same_case = false;
    }
    row = because_row(&timeline->because, &timeline->of, from->kind, from->name, from->body);
    say_row(timeline, value_get_text(row, "text"));
    keep_row(timeline, from, row);
    timeline->is_same_case = true;
    timeline->lines++;
}

static void say_totals(struct timeline *timeline, const struct keeper_ticked *ticked)
{
    struct out *out = &timeline->view.house->out;
    char until[24];

    clock_format_instant(ticked->until, until);
    until[16] = '\0';
    if (timeline->left_out) {
        out_print(out,
                  SAY("\n……另有 %zu 行未列出，见 duban case 案号\n",
                      "\n… %zu more rows, see duban case NUMBER\n"),
                  timeline->left_out);
    }
    out_print(out,
              SAY("%s至 %s：处理案件 %" PRId64 " 件次，新立 %" PRId64 " 件，提请审批 %" PRId64
                  " 项，通知 %" PRId64 " 条",
                  "%sup to %s: %" PRId64 " cases decided, %" PRId64 " opened, %" PRId64
                  " proposals, %" PRId64 " messages"),
              timeline->lines ? "\n" : "", until, ticked->cases, ticked->opened, ticked->proposals,
              ticked->messages);
    if (ticked->jobs || ticked->jobs_failed) {
        out_print(out,
                  SAY("，定时任务 %" PRId64 " 次（失败 %" PRId64 " 次）",
                      ", %" PRId64 " jobs run (%" PRId64 " failed)"),
                  ticked->jobs, ticked->jobs_failed);
    }
    out_print(out, "%s\n", SAY("。", "."));
    if (ticked->put_aside || ticked->quarantined) {
        out_paint(out, PAINT_RED,
                  SAY("有 %" PRId64 " 件案件、%" PRId64 " 个版本因故障搁置，见 duban quarantine",
                      "%" PRId64 " cases and %" PRId64
                      " versions were put aside, see duban quarantine"),
                  ticked->put_aside, ticked->quarantined);
        out_print(out, "\n");
    }
}

static void keep_totals(struct timeline *timeline, const struct keeper_ticked *ticked)
{
    struct value *map = out_map(&timeline->view.house->out);

    if (!map) {
        return;
    }
    value_set_int(map, "until", ticked->until);
    value_set_int(map, "waves", ticked->waves);
    value_set_int(map, "cases", ticked->cases);
    value_set_int(map, "rows", ticked->rows);
    value_set_int(map, "messages", ticked->messages);
    value_set_int(map, "proposals", ticked->proposals);
    value_set_int(map, "opened", ticked->opened);
    value_set_int(map, "put_aside", ticked->put_aside);
    value_set_int(map, "quarantined", ticked->quarantined);
    value_set_int(map, "jobs", ticked->jobs);
    value_set_int(map, "jobs_failed", ticked->jobs_failed);
    value_set_int(map, "left_out", (int64_t)timeline->left_out);
    value_set(map, "timeline", value_copy(timeline->list));
}

static enum outcome tick_handler(struct house *house, const struct args *args, struct err *err)
{
    struct timeline timeline = {0};
    struct keeper_ticked ticked = {0};
    const char *text = args_get(args, "until");
    int64_t until = 0;
    bool is_night = false;
    bool ok = false;

    if (text && !clock_parse_instant(text, &until, err)) {
        return OUTCOME_REFUSED;
    }
    if (!house_write(house, args, err) || !view_begin(&timeline.view, house, args, err)) {
        goto done;
    }
    because_begin(&timeline.because, &timeline.view);
    timeline.list = value_new_list();
    keeper_listen(house->keeper, take_row, &timeline);
    ok = keeper_tick(house->keeper, &house->actor, until, &ticked, err);
    keeper_listen(house->keeper, NULL, NULL);
    if (ok || timeline.lines) {
        say_totals(&timeline, &ticked);
        keep_totals(&timeline, &ticked);
    }
    ok = ok && reach_nightly(house->site, &is_night, err);
done:
    value_free(timeline.list);
    view_case_clear(&timeline.of);
    because_end(&timeline.because);
    view_end(&timeline.view);
    return args_outcome(ok);
}

static const struct option TICK_OPTIONS[] = {
    {"until", "TIME", "演练站点：把时钟逐次推进到 TIME",
     "rehearsal sites: walks the clock up to TIME"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command tick_commands[] = {
    {"tick", "[--until TIME]", "办理一切到期事项，逐日列出",
     "does everything due and tells it day by day", TICK_OPTIONS, 0, 0, 0, tick_handler,
     REACH_SITE},
    {"deliver", "[--until-empty] [--dry-run]", "发送到期的消息", "sends the messages that are due",
     deliver_options, 0, 0, 0, deliver_handler, REACH_HERE},
    {"outbox", "[CASE | ID [--as KIND]] [--status STATUS] [-o FILE]", "消息、状态与每次发送",
     "messages and each attempt", outbox_options, 0, 1, 0, outbox_handler, REACH_SITE},
    {"outbox replay", "ID… | --channel C | --status S", "重发不达的消息",
     "sends messages again that did not arrive", replay_options, 0, OPERANDS_ANY, 0, replay_handler,
     REACH_SITE},
    {"metrics", "[-o FILE]", "监控指标（Prometheus）", "figures for Prometheus", metrics_options, 0,
     0, 0, metrics_handler, REACH_OWNER},
    {"serve", "", "常驻运行：到期办理、作业、发送、多人同时使用",
     "for good: what falls due, jobs, messages, many users", NULL, 0, 0, 0, serve_handler,
     REACH_HERE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
