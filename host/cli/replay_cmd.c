/* `duban outbox replay`: messages that did not arrive are sent again, by an act of the
 * administrator. */
#include "cli/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/outbox.h"
#include "cli/house.h"
#include "cli/messages.h"

const struct option replay_options[] = {
    {"channel", "NAME", "某渠道的", "those of a channel"},
    {"since", "TIME", "此时刻起产生的", "made at or after it"},
    {"until", "TIME", "此时刻前产生的", "made before it"},
    {"status", "STATUS", "不达（默认）或结果不明", "dead (else chosen) or unknown"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

struct replay {
    struct house *house;
    struct outbox_filter filter; /* without ids */
    int64_t *ids;
    size_t count;
};

static bool take_id(void *context, const struct outbox_line *line)
{
    struct replay *replay = context;

    replay->ids = mem_resize(replay->ids, (replay->count + 1) * sizeof *replay->ids);
    replay->ids[replay->count++] = line->outbox_id;
    return true;
}

static bool replay_work(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct replay *replay = context;
    struct site *site = replay->house->site;
    struct value *list = value_new_list();
    bool ok = replay->count > 0 || outbox_list(site->store, &replay->filter, take_id, replay, err);

    for (size_t i = 0; ok && i < replay->count; i++) {
        ok = outbox_replay(site->store, replay->ids[i], site_now(site), err);
        value_push(list, value_new_int(replay->ids[i]));
    }
    buf_add_format(result, "%zu", replay->count);
    *body = value_new_map();
    value_set(*body, "messages", list);
    return ok;
}

static bool read_ids(const struct args *args, struct replay *replay, struct err *err)
{
    replay->ids = mem_array(args->operand_count + 1, sizeof *replay->ids);
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!messages_read_id(args->operands[i], &replay->ids[i])) {
            err_set(err, ERR_INVALID,
                    SAY("“%s”不是消息的编号，见 duban outbox",
                        "\"%s\" is not the number of a message; see duban outbox"),
                    args->operands[i]);
            return false;
        }
    }
    replay->count = args->operand_count;
    return true;
}

static bool read_replay(const struct args *args, struct replay *replay, struct err *err)
{
    const char *since = args_get(args, "since");
    const char *until = args_get(args, "until");
    const char *status = args_get(args, "status");

    replay->filter.channel = args_get(args, "channel");
    replay->filter.status = status ? messages_find_state(status) : "dead";
    if (!replay->filter.status || (strcmp(replay->filter.status, "dead") != 0 &&
                                   strcmp(replay->filter.status, "unknown") != 0)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("只有不达（dead）和结果不明（unknown）的消息可以重发",
                    "only messages that are dead or unknown can be sent again"));
        return false;
    }
    return (!since || clock_parse_instant(since, &replay->filter.since, err)) &&
           (!until || clock_parse_instant(until, &replay->filter.until, err)) &&
           read_ids(args, replay, err);
}

static struct value *content_of(const struct args *args)
{
    static const char *const names[] = {"channel", "since", "until", "status"};
    struct value *map = value_new_map();
    struct value *ids = value_new_list();

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        value_set_text(map, names[i], args_get(args, names[i]));
    }
    for (size_t i = 0; i < args->operand_count; i++) {
        value_push(ids, value_new_text(args->operands[i]));
    }
    value_set(map, "ids", ids);
    return map;
}

enum outcome replay_handler(struct house *house, const struct args *args, struct err *err)
{
    struct replay replay = {.house = house};
    struct value *content = content_of(args);
    struct value *map;
    struct act act;
    struct buf result;
    bool has_filter = args_get(args, "channel") || args_get(args, "since") ||
                      args_get(args, "until") || args_get(args, "status");
    bool ok = false;

    buf_init(&result, ACTS_RESULT_LIMIT);
    if ((args->operand_count > 0) == has_filter) {
        value_free(content);
        return args_refuse(err, "%s",
                           SAY("请写明消息编号，或 --channel、--since、--until、--status 之一",
                               "name messages, or choose them with --channel, --since, --until or "
                               "--status"));
    }
    if (!read_replay(args, &replay, err) || !house_write(house, args, err) ||
        !messages_need_admin(house, err)) {
        goto done;
    }
    house_act(house, "outbox replay", args->operand_count ? args_operand(args, 0) : "", content,
              &act);
    ok = act_run(house->site, &act, replay_work, &replay, &result, err);
    if (ok) {
        out_print(&house->out,
                  SAY("%s 条消息将重发，下次 deliver 时送出\n",
                      "messages to be sent again by the next deliver: %s\n"),
                  buf_text(&result));
        map = out_map(&house->out);
        if (map) {
            value_set_int(map, "replayed", strtoll(buf_text(&result), NULL, 10));
        }
    }
done:
    buf_clear(&result);
    value_free(content);
    mem_free(replay.ids);
    return args_outcome(ok);
}
