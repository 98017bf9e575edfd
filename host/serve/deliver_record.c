/* What came of attempts, put down: each outcome on its message and on its channel. A circuit that
   opens is told to the administrators, by a message of its own. */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/outbox.h"
#include "casework/rights.h"
#include "serve/deliver_parts.h"
#include "serve/letters.h"

#define DOWN_MAX 4096

struct outbox_clocks deliver_clocks(const struct deliver *deliver)
{
    return (struct outbox_clocks){
        .boot = clock_steady(), .site = keeper_instant(deliver->keeper), .wall = clock_now()};
}

/* { channel, text, hint } for the template. */
static void put_down_data(const struct channel *channel, const struct outbox_result *result,
                          struct buf *out)
{
    struct value *map = value_new_map();

    value_set_text(map, "channel", channel->name);
    value_set_text(map, "kind", channel->adapter->kind);
    value_set_text(map, "code", result->code);
    value_set_text(map, "text", result->text);
    value_set_text(map, "hint", result->hint);
    json_write(map, out);
    value_free(map);
}

/* The administrators of the site's office learn of it; letters.c sends it past this channel. */
static bool tell_down(struct deliver *deliver, const struct channel *channel,
                      const struct outbox_result *result, struct err *err)
{
    struct site *site = deliver->keeper->site;
    int64_t now = keeper_instant(deliver->keeper);
    struct value *admin = value_new_map();
    int64_t *ids = NULL;
    size_t count = 0;
    struct buf key;
    struct buf data;
    bool ok;

    buf_init(&key, DOWN_MAX);
    buf_init(&data, DOWN_MAX);
    value_set_text(admin, "kind", "role");
    value_set_text(admin, "role", "admin");
    buf_add_format(&key, LETTERS_DOWN ":%s:%lld", channel->name, (long long)now);
    put_down_data(channel, result, &data);
    ok = rights_find(site, site->office_id, admin, clock_day(now), &ids, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        const struct outbox_new row = {.key = {buf_text(&key), key.length},
                                       .template = span_of(LETTERS_DOWN),
                                       .data = {buf_text(&data), data.length},
                                       .at = now};

        ok = outbox_add(site->store, &row, ids[i], err) &&
             store_run(site->store, "UPDATE outbox SET priority = 1 WHERE outbox_id = $1", NULL,
                       err, "i", store_last_id(site->store));
    }
    buf_clear(&key);
    buf_clear(&data);
    mem_free(ids);
    value_free(admin);
    return ok;
}

static void count_up(struct deliver *deliver, const struct deliver_outcome *outcome,
                     const struct retry_next *next)
{
    struct deliver_report *report = deliver->report;
    const struct outbox_result *result = &outcome->result;
    const struct deliver_failure failure = {.outbox_id = result->outbox_id,
                                            .attempt = result->attempt,
                                            .channel =
                                                outcome->channel < deliver->channels.count
                                                    ? deliver->channels.list[outcome->channel].name
                                                    : "",
                                            .outcome = result->outcome,
                                            .next = next,
                                            .code = result->code,
                                            .text = result->text,
                                            .hint = result->hint};

    report->outcomes[result->outcome]++;
    report->sent += next->fate == RETRY_SENT;
    report->dead += next->fate == RETRY_DEAD;
    report->asked += next->fate == RETRY_ASK;
    if (deliver->options.each && result->outcome != SENT_ACCEPTED) {
        deliver->options.each(deliver->options.context, &failure);
    }
}

bool deliver_record_one(struct deliver *deliver, const struct deliver_outcome *outcome,
                        struct err *err)
{
    const struct outbox_result *result = &outcome->result;
    struct outbox_clocks clocks = deliver_clocks(deliver);
    bool is_known = outcome->channel < deliver->channels.count;
    struct outbox_ways ways = {0};
    struct retry_next next;
    bool is_late = false;
    bool has_opened = false;

    if (outcome->is_unsent) {
        return outbox_return(deliver->keeper->store, result->outbox_id, result->attempt, err);
    }
    if (is_known) {
        ways = channel_ways(&deliver->channels.list[outcome->channel]);
    }
    ways.holds = ways.holds || outcome->is_fault; /* the next answer would not be read either */
    if (!outbox_record(deliver->keeper->store, &ways, &clocks, result, &next, &is_late, err)) {
        return false;
    }
    if (is_late) {
        return true;
    }
    if (outcome->is_fault) {
        next.circuit = RETRY_CIRCUIT_FAILS;
    }
    count_up(deliver, outcome, &next);
    if (is_known) {
        channel_learn(&deliver->channels, outcome->channel, clocks.boot, &next, &has_opened);
    }
    return !has_opened ||
           tell_down(deliver, &deliver->channels.list[outcome->channel], result, err);
}

/* Attempts of a keeper or a courier that is no more. */
static bool record_lapsed(struct deliver *deliver, struct err *err)
{
    struct outbox_lapse list[DELIVER_BATCH];
    size_t count = 0;

    if (!outbox_lapsed(deliver->keeper->store, clock_steady(), list, COUNT_OF(list), &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct deliver_outcome outcome = {
            .channel = channels_find(&deliver->channels, list[i].channel),
            .result = {.outbox_id = list[i].outbox_id,
                       .attempt = list[i].attempt,
                       .outcome = SENT_UNKNOWN,
                       .micros = -1,
                       .code = "",
                       .text = SAY("发送中断，没有结果", "it was cut off and no verdict came"),
                       .hint = ""}};

        deliver_drop_job(deliver, list[i].outbox_id, list[i].attempt);
        if (!deliver_record_one(deliver, &outcome, err)) {
            return false;
        }
    }
    return true;
}

bool deliver_record(struct deliver *deliver, struct err *err)
{
    for (size_t i = 0; i < deliver->outcome_count; i++) {
        if (!deliver_record_one(deliver, &deliver->outcomes[i], err)) {
            return false;
        }
    }
    return record_lapsed(deliver, err);
}

void deliver_forget_outcomes(struct deliver *deliver)
{
    for (size_t i = 0; i < deliver->outcome_count; i++) {
        value_free(deliver->outcomes[i].frame);
    }
    deliver->outcome_count = 0;
}
