/* What the doctor finds among messages and channels: what did not arrive, what nobody knows of,
   what lets nothing through. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/channels.h"
#include "cli/doctor_site.h"

/* How many there are in a state, and the instant of the newest. */
static bool count_state(struct examination *exam, const char *status, int64_t *count,
                        char day[static 12], struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(exam->house->site->store,
                        "SELECT COUNT(*), MAX(created_at) FROM outbox WHERE status = $1", &stmt,
                        err, "t", status) &&
              stmt_step(stmt, &has_row, err);

    *count = ok && has_row ? stmt_int(stmt, 0) : 0;
    if (*count) {
        clock_format_day(clock_day(stmt_int(stmt, 1)), day);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static bool look_at_failures(struct examination *exam, struct err *err)
{
    static const struct {
        const char *status, *zh, *en, *remedy_zh, *remedy_en;
    } STATES[] = {
        {"dead", "不达的消息 %" PRId64 " 条，最近 %s 产生",
         "messages that did not arrive: %" PRId64 ", the last made on %s",
         "见 duban outbox --status dead；改正后用 duban outbox replay 重发",
         "see duban outbox --status dead; once corrected, duban outbox replay"},
        {"unknown", "结果不明的消息 %" PRId64 " 条，最近 %s 产生",
         "messages nobody knows the fate of: %" PRId64 ", the last made on %s",
         "见 duban outbox --status unknown；问清收件人后决定是否重发",
         "see duban outbox --status unknown; ask the recipient, then decide on duban outbox "
         "replay"},
    };
    char text[256];
    char day[12];

    for (size_t i = 0; i < COUNT_OF(STATES); i++) {
        int64_t count = 0;

        if (!count_state(exam, STATES[i].status, &count, day, err)) {
            return false;
        }
        if (count) {
            snprintf(text, sizeof text, SAY(STATES[i].zh, STATES[i].en), count, day);
            doctor_note(exam, DOCTOR_NOTE, text, SAY(STATES[i].remedy_zh, STATES[i].remedy_en));
        }
    }
    return true;
}

static void look_at_channel(struct examination *exam, const struct channel *channel)
{
    char text[400];

    if (channel_is_open(channel)) {
        snprintf(text, sizeof text,
                 SAY("渠道 %s 已断开：连续 %" PRId64 " 次被拒",
                     "channel %s is open: refused %" PRId64 " times in a row"),
                 channel->name, channel->failures);
        doctor_note(exam, DOCTOR_WRONG, text,
                    SAY("改正配置后执行 duban channel test 与 channel resume",
                        "correct its configuration, then duban channel test and channel resume"));
    }
    if (channel->is_paused) {
        snprintf(text, sizeof text, SAY("渠道 %s 已暂停：%s", "channel %s is paused: %s"),
                 channel->name, channel->note);
        doctor_note(
            exam, DOCTOR_NOTE, text,
            SAY("恢复用 duban channel resume", "duban channel resume puts it in use again"));
    }
}

bool doctor_messages(struct examination *exam, struct err *err)
{
    struct channels channels = {0};
    bool ok = look_at_failures(exam, err) && channels_init(&channels, exam->house->site, err) &&
              channels_load(&channels, exam->house->site->store, err);

    for (size_t i = 0; ok && i < channels.count; i++) {
        look_at_channel(exam, &channels.list[i]);
    }
    channels_clear(&channels);
    return ok;
}
