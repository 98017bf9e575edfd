/* Channels in front of people: how each stands, trying one, and taking one out of use for a while.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "casework/channels.h"
#include "casework/conf_channels.h"
#include "casework/registry.h"
#include "cli/channel_script.h"
#include "cli/command.h"
#include "cli/house.h"
#include "cli/messages.h"
#include "cli/table.h"
#include "cli/wrap.h"
#include "serve/courier_link.h"

#define TEST_MS 35000
#define TEST_GUEST_MS 10000 /* beside others, who wait as long */
#define ADDRESS_MAX 512

/* ---- list ---- */

static const struct column COLUMNS[] = {
    {"name", "渠道", "CHANNEL", 0, false},  {"kind", "种类", "KIND", 0, false},
    {"state", "状态", "STATE", 0, false},   {"waiting", "待发", "WAITING", 0, true},
    {"failures", "连败", "FAILS", 0, true}, {"note", "说明", "NOTE", 40, false},
    {NULL, NULL, NULL, 0, false},
};

static void put_state(struct table *table, const struct channels *channels, size_t index)
{
    const struct channel *channel = &channels->list[index];

    if (channel->is_paused) {
        table_word(table, PAINT_YELLOW, SAY("暂停", "paused"), "paused");
    } else if (channel_is_open(channel)) {
        table_word(table, PAINT_RED, SAY("断开", "open"), "open");
    } else if (channels->list[channel->bucket].paused_until > clock_steady()) {
        table_word(table, PAINT_YELLOW, SAY("限流", "throttled"), "throttled");
    } else {
        table_word(table, PAINT_GREEN, SAY("正常", "in order"), "in_order");
    }
}

/* Why it rests; of one that no message goes through, that. */
static void put_note(struct table *table, const struct site *site, const struct channel *channel)
{
    const struct value *route = conf_route(&site->conf, site->is_virtual);
    bool is_routed = false;

    for (size_t i = 0; i < value_count(route); i++) {
        is_routed = is_routed || strcmp(value_text(value_at(route, i)), channel->name) == 0;
    }
    if (channel->note[0]) {
        table_text(table, channel->note);
    } else if (!is_routed) {
        table_word(table, PAINT_DIM, SAY("不在 route 中", "not in route"), "not_in_route");
    } else {
        table_text(table, NULL);
    }
}

static bool list_all(struct house *house, struct err *err)
{
    bool ok = false;
    struct channels channels = {0};
    struct table *table = table_new(COLUMNS);

    if (!channels_init(&channels, house->site, err) ||
        !channels_load(&channels, house->site->store, err)) {
        goto done;
    }
    for (size_t i = 0; i < channels.count; i++) {
        int64_t waiting = 0;

        if (!store_one_int(house->site->store,
                           "SELECT COUNT(*) FROM outbox WHERE status = 'waiting' AND channel IS"
                           " NOT NULL AND channel = $1",
                           &waiting, err, "t", channels.list[i].name)) {
            goto done;
        }
        table_text(table, channels.list[i].name);
        table_text(table, channels.list[i].adapter->kind);
        put_state(table, &channels, i);
        table_int(table, waiting);
        table_int(table, channels.list[i].failures);
        put_note(table, house->site, &channels.list[i]);
    }
    table_show(table, &house->out,
               SAY("没有配置渠道，见 duban.conf.lua 的 channels",
                   "no channel is configured; see channels in duban.conf.lua"));
    ok = true;
done:
    table_free(table);
    channels_clear(&channels);
    return ok;
}

static enum outcome list_run(struct house *house, const struct args *args, struct err *err)
{
    (void)args;
    return args_outcome(house_read(house, err) && list_all(house, err));
}

/* ERR_MISSING, with the names there are. */
static bool find_channel(const struct channels *channels, const char *name, size_t *index,
                         struct err *err)
{
    struct buf names;

    *index = channels_find(channels, name);
    if (*index < channels->count) {
        return true;
    }
    buf_init(&names, 1024);
    for (size_t i = 0; i < channels->count; i++) {
        buf_add_format(&names, "%s%s", i ? SAY("、", ", ") : "", channels->list[i].name);
    }
    err_set(err, ERR_MISSING, SAY("没有渠道“%s”；有：%s", "there is no channel \"%s\": %s"), name,
            names.length ? buf_text(&names) : SAY("无", "none"));
    buf_clear(&names);
    return false;
}

/* ---- test ---- */

/* The person's address for that kind of channel into size bytes. */
static bool find_address(struct house *house, const char *word, const char *kind, char *out,
                         size_t size, struct err *err)
{
    struct person person = {0};
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!registry_person_find(house->site, house->office_id, word, &person, err) ||
        !store_ask(house->site->store,
                   "SELECT address FROM addresses WHERE person_id = $1 AND kind = $2"
                   " UNION ALL SELECT phone FROM people WHERE person_id = $1 AND $2 = 'phone'",
                   &stmt, err, "it", person.person_id, kind) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    snprintf(out, size, "%s", has_row ? stmt_text(stmt, 0, NULL) : "");
    stmt_reset(stmt);
    if (!out[0]) {
        err_set(err, ERR_MISSING, SAY("%s 没有 %s 地址", "%s has no %s address"), word, kind);
        return false;
    }
    return true;
}

static bool make_message(struct house *house, const struct channel *channel, const char *to,
                         struct value **out, struct err *err)
{
    char address[ADDRESS_MAX] = "";
    char id[128];
    struct value *map;
    struct value *who;

    if (channel->adapter->address && !channel->adapter->is_group && !to) {
        err_set(err, ERR_INVALID,
                SAY("渠道 %s 发给个人，请用 --to 写明试发给谁",
                    "channel %s reaches persons: say with --to whom to try it on"),
                channel->name);
        return false;
    }
    if (to && channel->adapter->address &&
        !find_address(house, to, channel->adapter->address, address, sizeof address, err)) {
        return false;
    }
    snprintf(id, sizeof id, "test-%s-%" PRId64, channel->name, clock_now());
    map = value_new_map();
    value_set_text(map, "id", id);
    value_set_text(map, "title", SAY("督办系统试发", "duban: a trial message"));
    value_set_text(map, "body",
                   SAY("这是一条试发消息，收到即说明渠道可用，无须处理。",
                       "If you read this, the channel works. Nothing is to be done."));
    value_set_text(map, "severity", "normal");
    value_set_text(map, "type", "channel_test");
    value_set_int(map, "at", site_now(house->site));
    if (to) {
        who = value_new_map();
        value_set_text(who, "name", to);
        value_set_text(who, "address", address[0] ? address : NULL);
        value_set(map, "to", who);
    }
    *out = map;
    return true;
}

/* folder: of a sink, where the message can be read; else NULL. */
static void say_outcome(struct house *house, const struct wire_outcome *outcome, const char *folder)
{
    struct value *map = out_map(&house->out);
    struct buf text;

    buf_init(&text, 4096);
    buf_add_text(&text, messages_outcome(outcome->outcome));
    messages_say_words(outcome->status, outcome->code, outcome->text, &text);
    if (outcome->status) { /* else nothing was heard, and what was made says nothing */
        buf_add_format(&text,
                       SAY("  （%" PRId64 " 字节，%" PRId64 " 毫秒）",
                           "  (%" PRId64 " bytes, %" PRId64 " ms)"),
                       outcome->bytes, outcome->micros / 1000);
    }
    wrap_print(&house->out, "", 0, buf_text(&text));
    buf_clear(&text);
    if (folder && outcome->ref && *outcome->ref) {
        out_print(&house->out, SAY("文件：%s/%s\n", "file: %s/%s\n"), folder, outcome->ref);
    }
    if (outcome->hint && *outcome->hint) {
        wrap_print(&house->out, "", 0, outcome->hint);
    }
    if (map) {
        value_set_text(map, "outcome", outcome->outcome);
        value_set_int(map, "status", outcome->status);
        value_set_text(map, "code", outcome->code);
        value_set_text(map, "text", outcome->text);
        value_set_text(map, "hint", outcome->hint);
        value_set_int(map, "bytes", outcome->bytes);
        value_set_int(map, "micros", outcome->micros);
    }
}

static bool note_test(void *context, struct buf *result, struct value **body, struct err *err)
{
    const struct wire_outcome *outcome = context;

    (void)err;
    buf_add_text(result, outcome->outcome);
    *body = value_new_map();
    value_set_text(*body, "outcome", outcome->outcome);
    value_set_text(*body, "code", outcome->code);
    return true;
}

/* The trial itself, and its row in the audit. */
static bool try_channel(struct house *house, const struct channel *channel,
                        const struct value *message, struct err *err)
{
    struct wire_send send = {.id = 1,
                             .kind = channel->adapter->kind,
                             .channel = channel->name,
                             .conf = channel->conf,
                             .message = message,
                             .key = value_get_text(message, "id"),
                             .attempt = 1,
                             .deadline_ms =
                                 clock_steady() + (house->is_guest ? TEST_GUEST_MS : TEST_MS)};
    struct wire_outcome outcome;
    struct value *frame = NULL;
    struct act act;
    struct buf result;
    bool ok;

    ok = channel_has_script(channel)
             ? channel_script_try(house, channel, &send, &frame, &outcome, err)
             : courier_try(house->courier, &send, &frame, &outcome, err);
    if (!ok) {
        return false;
    }
    buf_init(&result, ACTS_RESULT_LIMIT);
    house_act(house, "channel test", channel->name, message, &act);
    ok = act_run(house->site, &act, note_test, &outcome, &result, err);
    if (ok) {
        say_outcome(house, &outcome, value_get_text(channel->conf, "folder"));
        ok = strcmp(outcome.outcome, "accepted") == 0;
        if (!ok) {
            err->text[0] = 0; /* everything is said */
        }
    }
    buf_clear(&result);
    value_free(frame);
    return ok;
}

static enum outcome test_run(struct house *house, const struct args *args, struct err *err)
{
    struct channels channels = {0};
    struct value *message = NULL;
    size_t index = 0;
    bool ok = house_courier(house, err) && house_write(house, args, err) &&
              messages_need_admin(house, err) && channels_init(&channels, house->site, err) &&
              find_channel(&channels, args_operand(args, 0), &index, err) &&
              channels_make_folders(&channels, err) &&
              make_message(house, &channels.list[index], args_get(args, "to"), &message, err) &&
              try_channel(house, &channels.list[index], message, err);

    value_free(message);
    channels_clear(&channels);
    return args_outcome(ok);
}

/* ---- pause and resume ---- */

struct switching {
    struct house *house;
    const char *name;
    const char *reason; /* NULL: resume */
};

static bool switch_work(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct switching *switching = context;
    struct store *store = switching->house->site->store;

    buf_add_text(result, switching->name);
    *body = value_new_map();
    value_set_text(*body, "reason", switching->reason);
    return switching->reason ? channel_pause(store, switching->name, switching->reason, err)
                             : channel_resume(store, switching->name, err);
}

static bool is_reason_good(struct house *house, const char *reason, struct err *err)
{
    if (!*reason || strlen(reason) > 200 || !text_is_utf8(reason, strlen(reason))) {
        err_set(
            err, ERR_INVALID, "%s",
            SAY("--reason 应是不超过 200 字节的文字", "--reason is a text of at most 200 bytes"));
        return false;
    }
    if (!house->site->conf.is_accredited && text_is_classified(reason)) {
        err_set(err, ERR_DENIED, "%s",
                SAY("--reason 带有密级标志，涉密内容不得录入", "--reason carries a secrecy mark"));
        return false;
    }
    return true;
}

static enum outcome switch_run(struct house *house, const struct args *args, const char *name,
                               const char *reason, struct err *err)
{
    struct switching switching = {.house = house, .name = args_operand(args, 0), .reason = reason};
    struct channels channels = {0};
    struct value *content = value_new_map();
    struct value *map;
    struct act act;
    struct buf result;
    size_t index = 0;
    bool ok;

    buf_init(&result, ACTS_RESULT_LIMIT);
    value_set_text(content, "reason", reason);
    ok = house_write(house, args, err) && messages_need_admin(house, err) &&
         (!reason || is_reason_good(house, reason, err)) &&
         channels_init(&channels, house->site, err) &&
         find_channel(&channels, switching.name, &index, err);
    if (ok) {
        house_act(house, name, switching.name, content, &act);
        ok = act_run(house->site, &act, switch_work, &switching, &result, err);
    }
    if (ok) {
        out_print(&house->out,
                  reason ? SAY("渠道 %s 已暂停，消息留在队列\n",
                               "channel %s is paused; its messages wait\n")
                         : SAY("渠道 %s 已恢复，等着的消息接着发\n",
                               "channel %s is in use again; what waits goes out\n"),
                  switching.name);
        map = out_map(&house->out);
        if (map) {
            value_set_text(map, reason ? "paused" : "resumed", switching.name);
        }
    }
    buf_clear(&result);
    value_free(content);
    channels_clear(&channels);
    return args_outcome(ok);
}

static enum outcome pause_run(struct house *house, const struct args *args, struct err *err)
{
    const char *reason = args_get(args, "reason");

    if (!reason) {
        return args_refuse(err, "%s", SAY("请用 --reason 写明原因", "say why with --reason"));
    }
    return switch_run(house, args, "channel pause", reason, err);
}

static enum outcome resume_run(struct house *house, const struct args *args, struct err *err)
{
    return switch_run(house, args, "channel resume", NULL, err);
}

static const struct option test_options[] = {
    {"to", "PERSON", "试发给谁（编码或姓名）", "whom to try it on, by code or name"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option pause_options[] = {
    {"reason", "TEXT", "原因，列在 channel list 中", "why, shown by channel list"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option resume_options[] = {
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

const struct command channel_commands[] = {
    {"channel list", "", "渠道及其状态", "channels and how they stand", NULL, 0, 0, 0, list_run,
     REACH_SITE},
    {"channel test", "NAME [--to PERSON]", "试发一条消息", "sends a trial message", test_options, 1,
     1, 0, test_run, REACH_SITE},
    {"channel pause", "NAME --reason TEXT", "暂停渠道，消息留在队列",
     "takes a channel out of use; its messages wait", pause_options, 1, 1, 0, pause_run,
     REACH_SITE},
    {"channel resume", "NAME", "恢复渠道，包括断开的", "puts it in use again, also when it is open",
     resume_options, 1, 1, 0, resume_run, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
