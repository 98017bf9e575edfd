/* One step of delivery, and the loop around it that a command needs. A step's order matters: what
   came back is recorded in the commit that claims what goes out next, so that the disk is waited
   for once. */
#include "serve/deliver.h"

#include <limits.h>
#include <poll.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "serve/deliver_parts.h"
#include "serve/letters.h"

#define BOOT_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_MAX 64
#define BEHIND_MS 5 /* a full pipe is looked at again after it */
#define ROUTE_BATCH 256
#define COURIER_WAIT_MS 10000 /* how long a round waits for another courier */

/* ---- life ---- */

/* "" on a system that does not tell: leases and retries are then what the last boot left. */
static void read_boot(char out[static BOOT_MAX])
{
    struct err unsaid = {0};
    struct buf bytes;

    out[0] = '\0';
    buf_init(&bytes, 4096);
    if (file_read(BOOT_FILE, BOOT_MAX - 1, &bytes, &unsaid) && bytes.length < BOOT_MAX) {
        (void)memcpy(out, buf_text(&bytes), bytes.length + 1);
        out[strcspn(out, "\n")] = '\0';
    }
    buf_clear(&bytes);
}

/* Instants of CLOCK_BOOTTIME mean nothing after another boot. */
static bool notice_boot(struct deliver *deliver, struct err *err)
{
    bool ok = false;
    struct site *site = deliver->keeper->site;
    char boot[BOOT_MAX];
    char *known = NULL;

    read_boot(boot);
    if (!store_begin(site->store, err)) {
        return false;
    }
    ok = site_get(site, "boot", &known, err) &&
         ((known && strcmp(known, boot) == 0) ||
          (outbox_forget_boot(site->store, err) && site_put(site, "boot", boot, err))) &&
         keeper_commit(deliver->keeper, err);
    if (!ok) {
        keeper_rollback(deliver->keeper);
    }
    mem_free(known);
    return ok;
}

bool deliver_open(struct keeper *keeper, struct courier_link *link,
                  const struct deliver_options *options, struct deliver **out, struct err *err)
{
    bool ok = false;
    struct deliver *deliver = mem_new(sizeof *deliver);

    deliver->keeper = keeper;
    deliver->link = link;
    deliver->options = *options;
    deliver->written = -1;
    if (!channels_init(&deliver->channels, keeper->site, err) ||
        !channels_make_folders(&deliver->channels, err) || !notice_boot(deliver, err)) {
        goto done;
    }
    deliver->under_way = mem_array(deliver->channels.count + 1, sizeof *deliver->under_way);
    deliver->gateways = deliver_scripts_new(deliver);
    *out = deliver;
    deliver = NULL;
    ok = true;
done:
    deliver_close(deliver);
    return ok;
}

void deliver_close(struct deliver *deliver)
{
    if (!deliver) {
        return;
    }
    deliver_forget_outcomes(deliver);
    deliver_forget_claims(deliver);
    deliver_scripts_free(deliver->gateways, deliver->channels.count);
    channels_clear(&deliver->channels);
    mem_free(deliver->under_way);
    mem_free(deliver);
}

/* Where a channel of the old configuration stands in the new one. */
static size_t moved(const struct channels *old, const struct channels *now, size_t index)
{
    return index < old->count ? channels_find(now, old->list[index].name) : now->count;
}

bool deliver_reload(struct deliver *deliver, struct err *err)
{
    struct channels now = {0};

    if (!channels_init(&now, deliver->keeper->site, err) || !channels_make_folders(&now, err)) {
        channels_clear(&now);
        return false;
    }
    mem_free(deliver->under_way);
    deliver->under_way = mem_array(now.count + 1, sizeof *deliver->under_way);
    for (size_t i = 0; i < DELIVER_MAX; i++) {
        if (deliver->jobs[i].id) {
            deliver->jobs[i].channel = moved(&deliver->channels, &now, deliver->jobs[i].channel);
            deliver->under_way[deliver->jobs[i].channel]++;
        }
    }
    for (size_t i = 0; i < deliver->outcome_count; i++) {
        deliver->outcomes[i].channel =
            moved(&deliver->channels, &now, deliver->outcomes[i].channel);
    }
    deliver_scripts_free(deliver->gateways, deliver->channels.count);
    channels_clear(&deliver->channels);
    deliver->channels = now;
    deliver->gateways = deliver_scripts_new(deliver);
    deliver->first = 0;
    deliver->written = -1;
    return true;
}

/* ---- a step ---- */

/* What waited long enough is looked at again, and what is new finds its channel. */
static bool route(struct deliver *deliver, bool *is_full, struct err *err)
{
    struct keeper *keeper = deliver->keeper;
    int64_t now = keeper_instant(keeper);
    int64_t held = 0;
    int64_t count = 0;

    if (!letters_due(keeper, &held, err) || (held <= now && !letters_release(keeper, now, err)) ||
        !letters_route(keeper, ROUTE_BATCH, &count, err)) {
        return false;
    }
    *is_full = count >= ROUTE_BATCH;
    deliver->report->routed += count;
    return true;
}

/* Everything of one commit. */
static bool write_down(struct deliver *deliver, bool *is_full, struct err *err)
{
    struct keeper *keeper = deliver->keeper;
    bool had_outcomes = deliver->outcome_count > 0;

    if (!keeper_begin(keeper, err) || !store_begin(keeper->store, err)) {
        return false;
    }
    if (!channels_load(&deliver->channels, keeper->store, err) || !deliver_record(deliver, err) ||
        !route(deliver, is_full, err) || !deliver_claim(deliver, err) ||
        !channels_save(&deliver->channels, keeper->store, err) || !keeper_commit(keeper, err)) {
        keeper_rollback(keeper);
        return false;
    }
    deliver_forget_outcomes(deliver);
    if (had_outcomes) {
        crash_point("deliver.recorded");
    }
    if (deliver->claim_count) {
        crash_point("deliver.claimed");
    }
    return true;
}

/* Another courier for one that died. false when there can be none any more. */
static bool look_after_courier(struct deliver *deliver, struct err *err)
{
    struct err why = {0};

    if (courier_wire(deliver->link) || deliver->job_count > 0 ||
        courier_renew(deliver->link, &why) || why.kind == ERR_BUSY) {
        return true;
    }
    if (why.kind == ERR_MISSING) {
        *err = why;
        return false;
    }
    log_warn("%s", why.text);
    courier_lose(deliver->link);
    return true;
}

static bool is_due(const struct deliver *deliver)
{
    return deliver->outcome_count || deliver_wake_at(deliver) <= clock_steady();
}

bool deliver_step(struct deliver *deliver, struct deliver_report *report, struct err *err)
{
    struct keeper *keeper = deliver->keeper;
    bool was_quiet = keeper_is_quiet(keeper);
    struct wire *wire;
    bool has_more = false;
    bool is_full;
    bool ok;

    deliver->report = report;
    if (!look_after_courier(deliver, err)) {
        return false;
    }
    wire = courier_wire(deliver->link);
    if (wire && wire_is_behind(wire)) {
        deliver_hand_over(deliver); /* of nothing new */
    }
    deliver_listen(deliver);
    deliver_judge_answers(deliver);
    is_full = deliver->outcome_count == DELIVER_BATCH;
    if (!is_due(deliver)) {
        return true;
    }
    if (!write_down(deliver, &has_more, err)) {
        deliver_forget_claims(deliver);
        return false;
    }
    deliver_ask_scripts(deliver);
    deliver_hand_over(deliver);
    if (deliver->claim_count) {
        crash_point("deliver.sent");
    }
    deliver_forget_claims(deliver);
    ok = deliver_next_wake(deliver, &deliver->wake_at, err);
    if (is_full || has_more || deliver->outcome_count) {
        deliver->wake_at = 0;
    }
    deliver->written = store_writes(keeper->store);
    if (was_quiet) {
        keeper->written = deliver->written; /* messages are nothing that acts on cases look up */
    }
    return ok;
}

int deliver_fd(const struct deliver *deliver)
{
    return courier_fd(deliver->link);
}

bool deliver_is_behind(const struct deliver *deliver)
{
    struct wire *wire = courier_wire(deliver->link);

    return wire && wire_is_behind(wire);
}

int64_t deliver_wake_at(const struct deliver *deliver)
{
    int64_t soon = deliver_is_behind(deliver) ? clock_steady() + BEHIND_MS : DELIVER_NEVER;

    if (deliver->written != store_writes(deliver->keeper->store)) {
        return 0;
    }
    return deliver->wake_at < soon ? deliver->wake_at : soon;
}

size_t deliver_under_way(const struct deliver *deliver)
{
    return deliver->job_count;
}

/* ---- the loop of a command ---- */

/* False when nothing more will happen in this round. */
static bool waits(const struct deliver *deliver, int64_t *until)
{
    int64_t now = clock_steady();
    bool lacks_courier = courier_fd(deliver->link) < 0;
    int64_t limit = deliver->options.deadline ? deliver->options.deadline : DELIVER_NEVER;

    *until = deliver_wake_at(deliver);
    if (now >= limit) {
        return false;
    }
    if (!deliver_under_way(deliver) && *until > now && !deliver->options.is_until_empty &&
        !(lacks_courier && *until <= now + COURIER_WAIT_MS)) {
        return false;
    }
    if (!deliver_under_way(deliver) && *until == DELIVER_NEVER) {
        return false;
    }
    *until = *until < limit ? *until : limit;
    return true;
}

static void wait_until(const struct deliver *deliver, int64_t until)
{
    struct pollfd one = {.fd = deliver_fd(deliver), .events = POLLIN};
    int64_t rest = until - clock_steady();

    if (deliver_is_behind(deliver)) {
        one.events |= POLLOUT;
    }
    poll(&one, 1, rest < 0 ? 0 : rest > INT_MAX ? INT_MAX : (int)rest);
}

static bool count_state(struct keeper *keeper, const char *status, int64_t *count, struct err *err)
{
    return store_one_int(keeper->store, "SELECT COUNT(*) FROM outbox WHERE status = $1", count, err,
                         "t", status);
}

static bool go_round(struct deliver *deliver, struct deliver_report *report, struct err *err)
{
    int64_t until = 0;

    do {
        wait_until(deliver, until);
        if (!deliver_step(deliver, report, err)) {
            return false;
        }
    } while (waits(deliver, &until));
    return true;
}

bool keeper_deliver(struct keeper *keeper, struct courier_link *link,
                    const struct deliver_options *options, struct deliver_report *report,
                    struct err *err)
{
    int64_t before = 0;
    struct deliver *deliver = NULL;
    bool ok;

    *report = (struct deliver_report){0};
    ok = deliver_open(keeper, link, options, &deliver, err) &&
         count_state(keeper, "dead", &before, err) && go_round(deliver, report, err) &&
         count_state(keeper, "dead", &report->dead, err) &&
         count_state(keeper, "waiting", &report->waiting, err);
    report->dead -= before; /* those that found no way are among them */
    deliver_close(deliver);
    return ok;
}
