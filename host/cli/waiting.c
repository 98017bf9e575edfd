/* Whoever sends by hand wants to know what the rest waits for: an hour, a retry, a channel that
   rests, or a line in the configuration. */
#include "cli/waiting.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/channels.h"
#include "casework/routes.h"

#define SECOND_MS INT64_C(1000)

/* The messages of one channel that wait, each counted under the first thing that holds it. */
struct wait {
    const char *channel; /* "": none was found yet */
    int64_t held;        /* by hours, a digest or a paper */
    int64_t held_until;
    int64_t later; /* for a retry */
    int64_t later_at;
    int64_t ready;
};

static void say_held(const struct house *house, const struct wait *wait)
{
    char at[24];

    clock_format_instant(wait->held_until, at);
    out_print(&house->out,
              SAY("  暂缓 %" PRId64 " 条（免打扰、汇总或等文书），最早 %.16s 放行\n",
                  "  held: %" PRId64 " (quiet hours, digest or a paper), the first until %.16s\n"),
              wait->held, at);
}

static int64_t seconds(int64_t ms)
{
    return ms > 0 ? (ms + SECOND_MS - 1) / SECOND_MS : 1;
}

static void say_later(const struct house *house, const struct wait *wait)
{
    out_print(&house->out,
              SAY("  %s：%" PRId64 " 条等待重试，最早 %" PRId64 " 秒后\n",
                  "  %s: %" PRId64 " to be tried again, the first in %" PRId64 " s\n"),
              *wait->channel ? wait->channel : SAY("（未定）", "(not chosen)"), wait->later,
              seconds(wait->later_at - clock_steady()));
}

static void say_unrouted(const struct house *house, const struct wait *wait)
{
    out_print(&house->out,
              routes_are_any(house->site)
                  ? SAY("  %" PRId64 " 条还没有定渠道，下一轮再定\n",
                        "  %" PRId64 " have no channel yet; the next round finds one\n")
                  : SAY("  %" PRId64 " 条没有渠道可走：duban.conf.lua 没有写 route\n",
                        "  %" PRId64 " have no channel: duban.conf.lua says no route\n"),
              wait->ready);
}

/* The channel would have taken them: it is the minute when platforms are busiest, or they came
   while the round was ending. */
static void say_rush(const struct house *house)
{
    int64_t now = clock_now();
    int64_t until = 0;

    if (!house->site->is_virtual && channel_is_rush(now, &until)) {
        out_print(&house->out,
                  SAY("，整点半点平台忙，让开 %" PRId64 " 秒\n",
                      ", kept out of the platforms' busiest minute for %" PRId64 " s\n"),
                  seconds(until - now));
    } else {
        out_print(&house->out, SAY("，下一轮再发\n", " for the next round\n"));
    }
}

/* Ready, and yet the channel did not take them. */
static void say_ready(const struct house *house, struct channels *channels, const struct wait *wait)
{
    size_t index = channels_find(channels, wait->channel);
    const struct channel *channel = &channels->list[index];
    int64_t again_at = 0;

    if (index == channels->count) {
        say_unrouted(house, wait);
        return;
    }
    out_print(&house->out, SAY("  %s：%" PRId64 " 条", "  %s: %" PRId64), wait->channel,
              wait->ready);
    (void)channel_allows(channels, index, clock_steady(), wait->ready, &again_at);
    if (channel->is_paused) {
        out_print(&house->out,
                  SAY("，渠道已暂停；恢复用 duban channel resume %s\n",
                      ", the channel is paused; duban channel resume %s\n"),
                  channel->name);
    } else if (channel_is_open(channel)) {
        out_print(&house->out, SAY("，渠道已断开；见 duban doctor\n",
                                   ", the channel is open; see duban doctor\n"));
    } else if (again_at == CHANNEL_UNLIMITED) {
        say_rush(house);
    } else {
        out_print(
            &house->out,
            SAY("，渠道限速，%" PRId64 " 秒后可再发\n", ", limited; again in %" PRId64 " s\n"),
            seconds(again_at - clock_steady()));
    }
}

/* Will the channel take them without anybody's doing? */
static bool is_able(const struct channels *channels, const struct wait *wait)
{
    size_t index = channels_find(channels, wait->channel);

    return index < channels->count && !channels->list[index].is_paused &&
           !channel_is_open(&channels->list[index]);
}

static void say_one(const struct house *house, struct channels *channels, const struct wait *wait,
                    bool *can_go)
{
    if (wait->held) {
        say_held(house, wait);
    }
    if (wait->later) {
        say_later(house, wait);
    }
    if (wait->ready) {
        say_ready(house, channels, wait);
    }
    *can_go = *can_go || wait->later || (wait->ready && is_able(channels, wait));
}

bool waiting_say(struct house *house, struct err *err)
{
    struct channels channels = {0};
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool can_go = false;
    bool ok = channels_init(&channels, house->site, err) &&
              channels_load(&channels, house->site->store, err) &&
              store_ask(house->site->store,
                        "SELECT COALESCE(channel, ''), SUM(hold_until > $2),"
                        " MIN(CASE WHEN hold_until > $2 THEN hold_until END),"
                        " SUM(retry_at > $1 AND COALESCE(hold_until, 0) <= $2),"
                        " MIN(CASE WHEN retry_at > $1 THEN retry_at END),"
                        " SUM(retry_at <= $1 AND COALESCE(hold_until, 0) <= $2)"
                        " FROM outbox WHERE status = 'waiting' GROUP BY 1 ORDER BY 1",
                        &stmt, err, "ii", clock_steady(), site_now(house->site));

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const struct wait wait = {stmt_text(stmt, 0, NULL), stmt_int(stmt, 1), stmt_int(stmt, 2),
                                  stmt_int(stmt, 3),        stmt_int(stmt, 4), stmt_int(stmt, 5)};

        say_one(house, &channels, &wait, &can_go);
    }
    if (ok && can_go) {
        out_print(&house->out,
                  SAY("  duban deliver --until-empty 等到发完；duban serve 会自己继续\n",
                      "  duban deliver --until-empty waits; duban serve goes on by "
                      "itself\n"));
    }
    channels_clear(&channels);
    return ok;
}
