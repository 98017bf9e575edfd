/* `duban outbox`: who is told what, whether it went out, and each attempt in the platform's own
   words. */
#include "cli/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/outbox.h"
#include "cli/house.h"
#include "cli/messages.h"
#include "cli/preview.h"
#include "cli/table.h"
#include "cli/view.h"
#include "cli/wrap.h"
#include "serve/letters.h"

const struct option outbox_options[] = {
    {"case", "NUMBER", "只看一个案件", "only one case"},
    {"status", "STATUS", "待发、在途、已发、结果不明、不达、取消、汇总之一",
     "waiting, claimed, sent, unknown, dead, cancelled or digested"},
    {"channel", "NAME", "只看一个渠道", "only one channel"},
    {"id", "N", "一条消息的详情与每次发送", "one message with each attempt"},
    {"as", "KIND", "这条消息在某渠道或某类平台上的样子",
     "that message as a channel or kind gets it"},
    OPTION_FILE,
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

static const struct column COLUMNS[] = {
    {"id", "编号", "ID", 0, true},
    {"created_at", "时间", "TIME", 0, false},
    {"number", "案件", "CASE", 0, false},
    {"person", "收件人", "TO", 10, false},
    {"template", "消息", "MESSAGE", 20, false},
    {"status", "状态", "STATE", 0, false},
    {NULL, NULL, NULL, 0, false},
};
/* Of those that did not arrive: why not. */
static const struct column FAILURES[] = {
    {"id", "编号", "ID", 0, true},         {"number", "案件", "CASE", 0, false},
    {"person", "收件人", "TO", 10, false}, {"channel", "渠道", "CHANNEL", 10, false},
    {"reason", "原因", "WHY", 60, false},  {NULL, NULL, NULL, 0, false},
};

struct listing {
    struct view *view;
    struct table *table;
    bool is_failures;
    struct value *all;   /* under --json */
    struct value *found; /* the one message that was asked for */
    struct value *message;
    int64_t retry_at;
};

/* Who sees only the own unit sees the messages of its cases. */
static bool is_seen(struct view *view, const struct outbox_line *line)
{
    struct view_case found = {0};

    if (!view_sees_office(view, line->office_id)) {
        return false;
    }
    if (view->unit[0]) {
        if (!line->number || !view_case(view, line->number, &found, NULL)) {
            return false;
        }
        view_case_clear(&found);
    }
    return true;
}

static bool add_line(void *context, const struct outbox_line *line)
{
    struct listing *listing = context;
    struct table *table = listing->table;
    struct buf title;

    if (!is_seen(listing->view, line)) {
        return true;
    }
    value_push(listing->all, messages_map(line));
    table_int(table, line->outbox_id);
    if (listing->is_failures) {
        table_text(table, line->number);
        table_text(table, line->person_name);
        table_text(table, line->channel);
        table_text(table, line->reason);
        return true;
    }
    table_instant(table, line->created_at);
    table_text(table, line->number);
    table_text(table, line->person_name);
    buf_init(&title, 4096);
    label_template(listing->view->house->site, line->template, &title);
    table_text(table, buf_text(&title));
    buf_clear(&title);
    table_paint(table, messages_paint(line->status), messages_state(line->status));
    return true;
}

/* ---- one message ---- */

static bool take_one(void *context, const struct outbox_line *line)
{
    struct listing *listing = context;

    if (is_seen(listing->view, line)) {
        listing->found = messages_map(line);
        listing->retry_at = line->retry_at;
        if (line->message &&
            json_parse(line->message, strlen(line->message), &listing->message, NULL)) {
            letters_hide_token(listing->message);
        }
    }
    return true;
}

static void row(struct house *house, const char *label, const char *text)
{
    struct buf head;

    if (!text || !*text) {
        return;
    }
    buf_init(&head, 4096);
    wrap_cell(&head, label, 10);
    buf_add_text(&head, "  ");
    wrap_print(&house->out, buf_text(&head), 12, text);
    buf_clear(&head);
}

static void row_instant(struct house *house, const char *label, const struct value *map,
                        const char *key)
{
    char at[24];

    if (value_get(map, key)) {
        clock_format_instant(value_get_int(map, key, 0), at);
        row(house, label, at);
    }
}

/* When it is tried again: of the boot's clock, so only how long it is until then can be told. */
static void row_next(struct house *house, const struct value *map, int64_t retry_at)
{
    int64_t left = (retry_at - clock_steady() + 999) / 1000;
    char text[64];

    if (left > 0 && strcmp(value_get_text(map, "status"), "waiting") == 0) {
        snprintf(text, sizeof text, SAY("%" PRId64 " 秒后", "in %" PRId64 " s"), left);
        row(house, SAY("下次发送", "next try"), text);
    }
}

static void say_one(struct house *house, const struct value *map, const struct value *attempts,
                    int64_t retry_at)
{
    struct buf title;
    const struct value *message = value_get(map, "message");

    buf_init(&title, 4096);
    label_template(house->site, value_get_text(map, "template"), &title);
    out_paint(&house->out, PAINT_BOLD, "%" PRId64 "  %s", value_get_int(map, "id", 0),
              buf_text(&title));
    out_print(&house->out, "\n");
    buf_clear(&title);
    row(house, SAY("状态", "state"), messages_state(value_get_text(map, "status")));
    row(house, SAY("说明", "why"), value_get_text(map, "reason"));
    row(house, SAY("收件人", "to"), value_get_text(map, "person_name"));
    row(house, SAY("案件", "case"), value_get_text(map, "number"));
    row(house, SAY("渠道", "channel"), value_get_text(map, "channel"));
    row_instant(house, SAY("产生", "made"), map, "created_at");
    row_instant(house, SAY("暂缓至", "held until"), map, "hold_until");
    row_next(house, map, retry_at);
    row_instant(house, SAY("时效", "expires"), map, "expires_at");
    row_instant(house, SAY("已阅", "seen"), map, "seen_at");
    row(house, SAY("标题", "title"), value_get_text(message, "title"));
    for (size_t i = 0; i < value_count(value_get(message, "facts")); i++) {
        const struct value *fact = value_at(value_get(message, "facts"), i);

        row(house, value_text(value_at(fact, 0)), value_text(value_at(fact, 1)));
    }
    row(house, SAY("正文", "body"), value_get_text(message, "body"));
    row(house, SAY("链接", "link"), value_get_text(message, "link"));
    if (value_count(attempts)) {
        out_print(&house->out, "\n%s\n", SAY("发送", "attempts"));
    }
    for (size_t i = 0; i < value_count(attempts); i++) {
        struct buf text;

        buf_init(&text, 4096);
        messages_say_attempt(value_at(attempts, i), &text);
        wrap_print(&house->out, "  ", 2, buf_text(&text));
        buf_clear(&text);
    }
}

static bool find_one(struct listing *listing, int64_t id, struct err *err)
{
    const struct outbox_filter filter = {.outbox_id = id};

    if (!outbox_list(listing->view->house->site->store, &filter, take_one, listing, err)) {
        return false;
    }
    if (!listing->found) {
        err_set(err, ERR_MISSING,
                SAY("没有消息 %" PRId64 "，可用 duban outbox 查看",
                    "there is no message %" PRId64 "; see duban outbox"),
                id);
        return false;
    }
    return true;
}

/* What was sent; where nothing was yet, what would be now. */
static bool show_as(struct view *view, int64_t id, const char *word, struct err *err)
{
    struct listing listing = {.view = view};
    bool ok;

    if (!id) {
        err_set(err, ERR_INVALID, "%s",
                SAY("--as 要写明哪条消息，如 duban outbox 12 --as wecom-bot",
                    "--as needs a message, as duban outbox 12 --as wecom-bot"));
        return false;
    }
    ok = find_one(&listing, id, err) &&
         (listing.message || letters_draft(view->house->keeper, id, &listing.message, err)) &&
         preview_show(view->house, id, listing.message, word, err);
    value_free(listing.found);
    value_free(listing.message);
    return ok;
}

static bool show_one(struct view *view, int64_t id, struct err *err)
{
    struct house *house = view->house;
    struct listing listing = {.view = view};
    struct value *attempts = NULL;

    if (!find_one(&listing, id, err)) {
        return false;
    }
    value_set(listing.found, "message", listing.message);
    if (!messages_attempts(house, id, &attempts, err)) {
        value_free(listing.found);
        return false;
    }
    say_one(house, listing.found, attempts, listing.retry_at);
    value_set(listing.found, "attempts", attempts);
    out_document(&house->out, listing.found);
    return true;
}

/* ---- the command ---- */

static bool refuse_state(const char *word, struct err *err)
{
    struct buf states;

    buf_init(&states, 1024);
    messages_states(&states);
    err_set(err, ERR_INVALID, SAY("没有状态“%s”；有：%s", "no state \"%s\": %s"), word,
            buf_text(&states));
    buf_clear(&states);
    return false;
}

/* An operand of digits is a message, any other the number of a case. */
static bool read_filter(struct view *view, const struct args *args, struct outbox_filter *filter,
                        struct err *err)
{
    const char *operand = args_operand(args, 0);
    const char *status = args_get(args, "status");
    const char *number = args_get(args, "case");
    const char *id = args_get(args, "id");
    struct view_case found = {0};

    filter->status = messages_find_state(status);
    filter->channel = args_get(args, "channel");
    if (status && !filter->status) {
        return refuse_state(status, err);
    }
    if (id && !messages_read_id(id, &filter->outbox_id)) {
        err_set(err, ERR_INVALID,
                SAY("--id 应是消息的编号，不是“%s”", "--id is a number, not \"%s\""), id);
        return false;
    }
    if (operand && !messages_read_id(operand, &filter->outbox_id)) {
        number = operand;
    }
    if (number) {
        if (!view_case(view, number, &found, err)) {
            return false;
        }
        filter->case_id = found.case_id;
        view_case_clear(&found);
    }
    return true;
}

/* Into the file at path, or on the screen when it is NULL. */
static bool show_list(struct view *view, const struct outbox_filter *filter, const char *path,
                      struct err *err)
{
    bool is_failures = filter->status && (strcmp(filter->status, "dead") == 0 ||
                                          strcmp(filter->status, "unknown") == 0);
    struct table *table = table_new(is_failures ? FAILURES : COLUMNS);
    struct listing listing = {
        .view = view, .table = table, .is_failures = is_failures, .all = value_new_list()};
    bool ok = outbox_list(view->house->site->store, filter, add_line, &listing, err);

    if (ok && path) {
        value_free(listing.all);
        ok = table_give(table, &view->house->out, path, NULL, err);
    } else if (ok) {
        table_print(table, &view->house->out, SAY("没有消息。", "No messages."));
        out_document(&view->house->out, listing.all);
    } else {
        value_free(listing.all);
    }
    table_free(table);
    return ok;
}

enum outcome outbox_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct outbox_filter filter = {0};
    const char *as = args_get(args, "as");
    bool ok = (!as || house_start(house, err)) && house_read(house, err) &&
              view_begin(&view, house, args, err) && read_filter(&view, args, &filter, err);

    if (ok && as) {
        ok = show_as(&view, filter.outbox_id, as, err);
    } else if (ok) {
        ok = filter.outbox_id ? show_one(&view, filter.outbox_id, err)
                              : show_list(&view, &filter, args_get(args, "o"), err);
    }
    view_end(&view);
    return args_outcome(ok);
}
