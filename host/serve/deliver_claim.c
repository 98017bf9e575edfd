/* What goes out next: each channel gives as many messages as its bucket, its pause and its circuit
   let through, none more than its share of what may be under way, and another channel begins each
   time, so that a slow one delays nobody else. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "serve/deliver_parts.h"
#include "serve/letters.h"

#include <string.h>

#define MESSAGE_MAX ((size_t)1024 * 1024)
#define SCATTER_FROM 20 /* so many messages in bulk are not sent at one blow */
#define SCATTER_MS INT64_C(300000)

/* ---- rendering ---- */

/* There is nothing to send: that is its outcome. */
static bool refuse(struct deliver *deliver, size_t index, const struct err *why, struct err *err)
{
    const struct deliver_outcome outcome = {
        .channel = deliver->claim_channels[index],
        .result = {.outbox_id = deliver->claims[index].outbox_id,
                   .attempt = deliver->claims[index].attempt,
                   .outcome = SENT_BAD_CONTENT,
                   .code = "",
                   .text = why->text,
                   .hint = ""}};

    return deliver_record_one(deliver, &outcome, err);
}

static bool make(struct deliver *deliver, size_t index, struct err *err)
{
    struct outbox_claim *claim = &deliver->claims[index];
    struct value **message = &deliver->messages[index];
    struct err why = {0};
    struct buf json;
    bool ok;

    *message = NULL;
    if (claim->message) {
        return json_parse(claim->message, strlen(claim->message), message, err);
    }
    if (!letters_make(deliver->keeper, claim->outbox_id, message, &why)) {
        if (why.kind == ERR_INTERNAL) {
            *err = why;
            return false;
        }
        return refuse(deliver, index, &why, err);
    }
    buf_init(&json, MESSAGE_MAX);
    json_write(*message, &json);
    ok = outbox_keep_message(deliver->keeper->store, claim->outbox_id, buf_text(&json), err);
    buf_clear(&json);
    return ok;
}

void deliver_forget_claims(struct deliver *deliver)
{
    outbox_claims_clear(deliver->claims, deliver->claim_count);
    for (size_t i = 0; i < deliver->claim_count; i++) {
        value_free(deliver->messages[i]);
        value_free(deliver->trees[i]);
        deliver->messages[i] = deliver->trees[i] = NULL;
    }
    deliver->claim_count = 0;
}

/* ---- claiming ---- */

/* How many more of this channel may be under way. */
static size_t room_of(const struct deliver *deliver, size_t index)
{
    size_t room = DELIVER_MAX - deliver->job_count - deliver->claim_count;
    size_t own = deliver->under_way[index] < DELIVER_CHANNEL_MAX
                     ? DELIVER_CHANNEL_MAX - deliver->under_way[index]
                     : 0;

    if (room > DELIVER_BATCH - deliver->claim_count) {
        room = DELIVER_BATCH - deliver->claim_count;
    }
    return own < room ? own : room;
}

/* A rehearsal neither spreads nor waits for quieter minutes. */
static bool is_bulk_held(const struct deliver *deliver, int64_t wall)
{
    int64_t until;

    return !deliver->keeper->site->is_virtual && channel_is_rush(wall, &until);
}

static bool claim_channel(struct deliver *deliver, size_t index, struct err *err)
{
    struct store *store = deliver->keeper->store;
    const char *name = deliver->channels.list[index].name;
    struct outbox_turn turn = {.channel = name, .clocks = deliver_clocks(deliver)};
    struct outbox_claim *claims = &deliver->claims[deliver->claim_count];
    int64_t again_at;
    int64_t due;
    int64_t allowed;
    size_t count = 0;
    bool ok;

    turn.is_bulk_held = is_bulk_held(deliver, turn.clocks.wall);
    turn.lease_until = turn.clocks.boot + DELIVER_LEASE_MS;
    deliver->lease_until = turn.lease_until;
    if (!outbox_due(store, name, turn.is_bulk_held ? OUTBOX_BULK : OUTBOX_PRIORITIES, &due, err)) {
        return false;
    }
    if (due > turn.clocks.boot) {
        return true;
    }
    allowed = channel_allows(&deliver->channels, index, turn.clocks.boot,
                             (int64_t)room_of(deliver, index), &again_at);
    if (allowed <= 0) {
        return true;
    }
    turn.limit = (size_t)allowed;
    ok = outbox_claim(store, &turn, claims, &count, err);
    for (size_t i = 0; i < count; i++) {
        deliver->claim_channels[deliver->claim_count] = index;
        deliver->messages[deliver->claim_count++] = NULL;
    }
    channel_take(&deliver->channels, index, turn.clocks.boot, (int64_t)count);
    deliver->report->claimed += (int64_t)count;
    return ok;
}

/* Messages in bulk that nobody tried yet are spread, when there are many. */
static bool scatter(struct deliver *deliver, size_t index, struct err *err)
{
    int64_t changed = 0;

    return deliver->keeper->site->is_virtual ||
           outbox_scatter(deliver->keeper->store, deliver->channels.list[index].name,
                          clock_steady(), SCATTER_FROM, SCATTER_MS, DELIVER_BATCH, &changed, err);
}

/* Channels that the configuration does not name any more give their messages back. */
static bool unroute_gone(struct deliver *deliver, struct err *err)
{
    struct store *store = deliver->keeper->store;
    char name[OUTBOX_CHANNEL] = "";

    do {
        char next[OUTBOX_CHANNEL];
        int64_t changed = 0;

        if (!outbox_next_channel(store, name, next, err) ||
            (next[0] && channels_find(&deliver->channels, next) == deliver->channels.count &&
             !outbox_unroute(store, next, DELIVER_BATCH, &changed, err))) {
            return false;
        }
        memcpy(name, next, sizeof name);
    } while (name[0]);
    return true;
}

bool deliver_claim(struct deliver *deliver, struct err *err)
{
    size_t count = deliver->channels.count;
    int64_t changed = 0;

    if (!outbox_expire(deliver->keeper->store, keeper_instant(deliver->keeper), DELIVER_BATCH,
                       &changed, err) ||
        !unroute_gone(deliver, err)) {
        return false;
    }
    deliver->report->dead += changed;
    for (size_t i = 0; i < count && courier_wire(deliver->link); i++) {
        size_t index = (deliver->first + i) % count;

        if (!scatter(deliver, index, err) || !claim_channel(deliver, index, err)) {
            return false;
        }
    }
    deliver->first = count ? (deliver->first + 1) % count : 0;
    for (size_t i = 0; i < deliver->claim_count; i++) {
        if (!make(deliver, i, err)) {
            return false;
        }
    }
    return true;
}

/* ---- when next ---- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When this channel lets something through that is due; DELIVER_NEVER while it must wait for an
   outcome or for an administrator. */
static bool wake_of(struct deliver *deliver, size_t index, const struct outbox_clocks *clocks,
                    int64_t *at, struct err *err)
{
    struct store *store = deliver->keeper->store;
    const char *name = deliver->channels.list[index].name;
    bool is_held = is_bulk_held(deliver, clocks->wall);
    int64_t until = 0;
    int64_t again_at;
    int64_t due;
    int64_t bulk;

    *at = DELIVER_NEVER;
    if (!outbox_due(store, name, is_held ? OUTBOX_BULK : OUTBOX_PRIORITIES, &due, err) ||
        !outbox_due(store, name, OUTBOX_PRIORITIES, &bulk, err)) {
        return false;
    }
    if (is_held && bulk < due && channel_is_rush(clocks->wall, &until)) {
        until = clocks->boot + until - clocks->wall;
        due = sooner(due, bulk > until ? bulk : until);
    }
    if (due == DELIVER_NEVER || deliver->channels.list[index].is_paused) {
        return true;
    }
    if (due > clocks->boot) {
        *at = due;
    } else if (room_of(deliver, index) > 0) {
        *at = channel_allows(&deliver->channels, index, clocks->boot, 1, &again_at) > 0
                  ? clocks->boot
                  : again_at;
    }
    return true;
}

/* An instant of the site on the clock of the boot; a virtual clock does not come nearer by waiting.
 */
static int64_t boot_of(const struct deliver *deliver, const struct outbox_clocks *clocks,
                       int64_t site)
{
    if (site <= clocks->site) {
        return clocks->boot;
    }
    return site == DELIVER_NEVER || deliver->keeper->site->is_virtual
               ? DELIVER_NEVER
               : clocks->boot + (site - clocks->site);
}

bool deliver_next_wake(struct deliver *deliver, int64_t *at, struct err *err)
{
    struct outbox_clocks clocks = deliver_clocks(deliver);
    int64_t lease;
    int64_t expiry;
    int64_t held;

    if (!outbox_lease_due(deliver->keeper->store, &lease, err) ||
        !outbox_expiry_due(deliver->keeper->store, &expiry, err) ||
        !letters_due(deliver->keeper, &held, err)) {
        return false;
    }
    *at = sooner(lease, boot_of(deliver, &clocks, sooner(expiry, held)));
    for (size_t i = 0; i < deliver->channels.count; i++) {
        int64_t own;

        if (!wake_of(deliver, i, &clocks, &own, err)) {
            return false;
        }
        if (own != DELIVER_NEVER && !courier_wire(deliver->link)) {
            own = own > courier_renew_at(deliver->link) ? own : courier_renew_at(deliver->link);
        }
        *at = sooner(*at, own);
    }
    return true;
}
