/* Buckets, pauses and circuits. The bucket fills at the rate its platform allows and holds a ninth
   of a minute's messages, so that no minute, wherever it begins, sees more than the platform's
   limit. */
#include "casework/channels.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/conf_channels.h"
#include "casework/rows.h"

#define SINK_FOLDER "sent"
#define WHOLE 1000 /* thousandths of one message */
#define MINUTE_MS INT64_C(60000)
#define BURST_PART 9
#define RUSH_MS INT64_C(30000)
#define HALF_HOUR_MS INT64_C(1800000)

/* ---- which there are ---- */

/* Two channels with the same references of the same kind speak under one credential. */
static bool is_same_credential(const struct channel *a, const struct channel *b)
{
    bool has_any = false;

    if (a->adapter != b->adapter || !a->adapter->secrets) {
        return false;
    }
    for (const char *const *name = a->adapter->secrets; *name; name++) {
        const char *ours = value_get_text(a->conf, *name);
        const char *theirs = value_get_text(b->conf, *name);

        if ((ours == NULL) != (theirs == NULL) || (ours && strcmp(ours, theirs) != 0)) {
            return false;
        }
        has_any = has_any || ours;
    }
    return has_any;
}

static size_t bucket_of(const struct channels *channels, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_same_credential(&channels->list[i], &channels->list[index])) {
            return i;
        }
    }
    return index;
}

/* A sink's folder is inside the site unless it says where else. */
static void set_folder(struct value *conf, const struct site *site)
{
    const char *folder = value_get_text(conf, "folder");

    if (!folder || folder[0] != '/') {
        char *whole = file_join(site->folder, folder ? folder : SINK_FOLDER);

        value_set_text(conf, "folder", whole);
        mem_free(whole);
    }
}

/* One channel of the configuration. */
static bool add(struct channels *channels, const struct site *site, const char *name,
                const struct value *conf, struct err *err)
{
    struct channel *channel = &channels->list[channels->count];
    const char *kind = value_get_text(conf, "kind");

    *channel = (struct channel){.adapter = adapter_find(kind)};
    if (!channel->adapter) {
        err_set(err, ERR_INVALID,
                SAY("渠道 %s 的种类“%s”不存在", "channel %s is of no known kind: \"%s\""), name,
                kind ? kind : "");
        return false;
    }
    row_put(channel->name, sizeof channel->name, name);
    channel->conf = value_copy(conf);
    if (strcmp(kind, "sink") == 0) {
        set_folder(channel->conf, site);
    }
    channel->bucket = bucket_of(channels, channels->count);
    channels->count++;
    return true;
}

bool channels_init(struct channels *channels, const struct site *site, struct err *err)
{
    const struct value *all = site->conf.channels;

    *channels = (struct channels){0};
    channels->list = mem_array(value_count(all) + 1, sizeof *channels->list);
    if (site->is_virtual) {
        return add(channels, site, CONF_SINK, conf_channel(&site->conf, true, CONF_SINK), err);
    }
    for (size_t i = 0; i < value_count(all); i++) {
        if (!add(channels, site, value_key_at(all, i), value_at(all, i), err)) {
            return false;
        }
    }
    return true;
}

void channels_clear(struct channels *channels)
{
    for (size_t i = 0; i < channels->count; i++) {
        value_free(channels->list[i].conf);
    }
    mem_free(channels->list);
    *channels = (struct channels){0};
}

bool channels_make_folders(const struct channels *channels, struct err *err)
{
    for (size_t i = 0; i < channels->count; i++) {
        const char *folder = strcmp(channels->list[i].adapter->kind, "sink") == 0
                                 ? value_get_text(channels->list[i].conf, "folder")
                                 : NULL;

        if (folder && mkdir(folder, 0750) != 0 && errno != EEXIST) {
            err_set(err, ERR_INTERNAL,
                    SAY("渠道 %s 的文件夹 %s 不能建立：%s",
                        "channel %s: cannot make the folder %s: %s"),
                    channels->list[i].name, folder, file_reason(errno));
            return false;
        }
    }
    return true;
}

size_t channels_find(const struct channels *channels, const char *name)
{
    size_t at = 0;

    while (at < channels->count && strcmp(channels->list[at].name, name) != 0) {
        at++;
    }
    return at;
}

/* ---- rows ---- */

static int64_t rate_of(const struct channel *channel)
{
    int64_t own = value_get_int(channel->conf, "per_minute", 0);

    if (own > 0) {
        return own;
    }
    return channel->adapter->per_minute ? channel->adapter->per_minute
                                        : channel->adapter->per_second * 60;
}

/* Of a full bucket: a ninth of a minute's rate, and never more than the second allows. */
static int64_t room_of(const struct channel *channel)
{
    int64_t room = rate_of(channel) / BURST_PART;
    int64_t second = channel->adapter->per_second;

    if (second && room > second - (rate_of(channel) + 59) / 60) {
        room = second - (rate_of(channel) + 59) / 60;
    }
    return (room < 1 ? 1 : room) * WHOLE;
}

static void read_row(struct channel *channel, const struct stmt *stmt)
{
    channel->tokens = stmt_int(stmt, 1);
    channel->filled_at = stmt_int(stmt, 2);
    channel->paused_until = stmt_int(stmt, 3);
    channel->is_paused = stmt_int(stmt, 4) != 0;
    row_text(stmt, 5, channel->note, sizeof channel->note);
    channel->failures = stmt_int(stmt, 6);
    channel->probe_at = stmt_int(stmt, 7);
}

bool channels_load(struct channels *channels, struct store *store, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    for (size_t i = 0; i < channels->count; i++) {
        struct channel *channel = &channels->list[i];

        channel->tokens = room_of(channel);
        channel->filled_at = channel->paused_until = channel->failures = channel->probe_at = 0;
        channel->is_paused = channel->is_changed = false;
        channel->note[0] = '\0';
    }
    if (!store_ask(store,
                   "SELECT name, tokens, filled_at, paused_until, is_paused, note, failures,"
                   " probe_at FROM channels",
                   &stmt, err, "")) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        size_t at;

        if (!has_row) {
            return true;
        }
        at = channels_find(channels, stmt_text(stmt, 0, NULL));
        if (at < channels->count) {
            read_row(&channels->list[at], stmt);
        }
    }
    return false;
}

bool channels_save(struct channels *channels, struct store *store, struct err *err)
{
    for (size_t i = 0; i < channels->count; i++) {
        struct channel *channel = &channels->list[i];

        if (channel->is_changed &&
            !store_run(store,
                       "INSERT INTO channels (name, tokens, filled_at, paused_until, is_paused,"
                       " note, failures, probe_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                       " ON CONFLICT (name) DO UPDATE SET tokens = excluded.tokens,"
                       " filled_at = excluded.filled_at, paused_until = excluded.paused_until,"
                       " failures = excluded.failures, probe_at = excluded.probe_at",
                       NULL, err, "tiiiitii", channel->name, channel->tokens, channel->filled_at,
                       channel->paused_until, (int64_t)channel->is_paused, channel->note,
                       channel->failures, channel->probe_at)) {
            return false;
        }
        channel->is_changed = false;
    }
    return true;
}

/* ---- what may go ---- */

bool channel_is_open(const struct channel *channel)
{
    return channel->probe_at != 0;
}

static void fill(struct channel *bucket, int64_t boot)
{
    int64_t room = room_of(bucket);
    int64_t rate = rate_of(bucket) * WHOLE; /* thousandths a minute */
    int64_t since = bucket->filled_at && boot > bucket->filled_at ? boot - bucket->filled_at : 0;
    int64_t more;

    if (rate == 0 || bucket->filled_at == 0) {
        bucket->filled_at = boot;
        return;
    }
    if (since > MINUTE_MS * room / rate + MINUTE_MS) {
        bucket->tokens = room;
        bucket->filled_at = boot;
        return;
    }
    more = since * rate / MINUTE_MS;
    bucket->tokens = bucket->tokens + more > room ? room : bucket->tokens + more;
    bucket->filled_at += more * MINUTE_MS / rate; /* what is less than a thousandth is kept */
}

int64_t channel_allows(struct channels *channels, size_t index, int64_t boot, int64_t want,
                       int64_t *again_at)
{
    struct channel *channel = &channels->list[index];
    struct channel *bucket = &channels->list[channel->bucket];
    int64_t rate = rate_of(bucket) * WHOLE;
    int64_t have;

    *again_at = CHANNEL_UNLIMITED;
    if (channel->is_paused) {
        return 0;
    }
    if (bucket->paused_until > boot || channel->probe_at > boot) {
        *again_at =
            bucket->paused_until > channel->probe_at ? bucket->paused_until : channel->probe_at;
        return 0;
    }
    if (channel_is_open(channel) && want > 1) {
        want = 1;
    }
    if (rate == 0) {
        return want;
    }
    fill(bucket, boot);
    have = bucket->tokens / WHOLE;
    if (have < want) {
        *again_at = boot + ((have + 1) * WHOLE - bucket->tokens) * MINUTE_MS / rate + 1;
    }
    return have < want ? have : want;
}

static int64_t interval(int64_t failures)
{
    int64_t ms = CHANNEL_PROBE_MS;

    for (int64_t i = CHANNEL_OPENS; i < failures && ms < CHANNEL_PROBE_MAX_MS; i++) {
        ms *= 2;
    }
    return ms < CHANNEL_PROBE_MAX_MS ? ms : CHANNEL_PROBE_MAX_MS;
}

void channel_take(struct channels *channels, size_t index, int64_t boot, int64_t count)
{
    struct channel *channel = &channels->list[index];
    struct channel *bucket = &channels->list[channel->bucket];

    if (rate_of(bucket) && count) {
        bucket->tokens -= count * WHOLE;
        bucket->is_changed = true;
    }
    if (channel_is_open(channel) && count) {
        channel->failures++;
        channel->probe_at = boot + interval(channel->failures);
        channel->is_changed = true;
    }
}

void channel_learn(struct channels *channels, size_t index, int64_t boot,
                   const struct retry_next *next, bool *opened)
{
    struct channel *channel = &channels->list[index];
    struct channel *bucket = &channels->list[channel->bucket];

    *opened = false;
    if (next->pause_ms && boot + next->pause_ms > bucket->paused_until) {
        bucket->paused_until = boot + next->pause_ms;
        bucket->is_changed = true;
    }
    if (next->circuit == RETRY_CIRCUIT_WORKS && (channel->failures || channel->probe_at)) {
        channel->failures = channel->probe_at = 0;
        channel->is_changed = true;
    }
    if (next->circuit == RETRY_CIRCUIT_FAILS && !channel_is_open(channel)) {
        channel->failures++;
        *opened = channel->failures >= CHANNEL_OPENS;
        channel->probe_at = *opened ? boot + interval(channel->failures) : 0;
        channel->is_changed = true;
    }
}

struct outbox_ways channel_ways(const struct channel *channel)
{
    const char *unknown = value_get_text(channel->conf, "unknown");

    return (struct outbox_ways){.has_key = channel->adapter->has_key,
                                .holds = unknown && strcmp(unknown, "hold") == 0,
                                .pause_ms = channel->adapter->pause_ms};
}

bool channel_is_rush(int64_t wall, int64_t *until)
{
    int64_t past = (wall + RUSH_MS) % HALF_HOUR_MS;

    *until = wall - past + 2 * RUSH_MS;
    return past < 2 * RUSH_MS;
}

/* ---- what an administrator does ---- */

bool channel_pause(struct store *store, const char *name, const char *reason, struct err *err)
{
    int64_t changed = 0;

    if (!store_run(store,
                   "INSERT INTO channels (name, tokens, filled_at, paused_until, is_paused, note,"
                   " failures, probe_at) VALUES ($1, 1000, 0, 0, 1, $2, 0, 0)"
                   " ON CONFLICT (name) DO UPDATE SET is_paused = 1, note = excluded.note"
                   " WHERE is_paused = 0",
                   &changed, err, "tt", name, reason)) {
        return false;
    }
    if (changed == 0) {
        err_set(err, ERR_CONFLICT, SAY("渠道 %s 已经暂停", "channel %s is paused already"), name);
    }
    return changed > 0;
}

bool channel_resume(struct store *store, const char *name, struct err *err)
{
    int64_t changed = 0;

    if (!store_run(store,
                   "UPDATE channels SET is_paused = 0, note = '', paused_until = 0, failures = 0,"
                   " probe_at = 0 WHERE name = $1 AND (is_paused = 1 OR probe_at <> 0"
                   " OR paused_until <> 0)",
                   &changed, err, "t", name)) {
        return false;
    }
    if (changed == 0) {
        err_set(err, ERR_CONFLICT, SAY("渠道 %s 没有暂停，也没有断开", "channel %s is in order"),
                name);
        return false;
    }
    /* What failed for the channel's sake has waited long enough; what may have arrived has not. */
    return store_run(store,
                     "UPDATE outbox SET retry_at = 0 WHERE status = 'waiting' AND channel = $1"
                     " AND retry_at > 0 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE"
                     " deliveries.outbox_id = outbox.outbox_id AND outcome = 'unknown')",
                     NULL, err, "t", name);
}
