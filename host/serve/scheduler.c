/* Between two acts only one question is asked: when is the next thing due. Its answer is an instant
   of the wall's clock, and the alarm is set to it; a rehearsal site has its own clock, which nobody
   but `tick` moves, so there only what is due by now is done. */
#include "serve/scheduler.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/audit.h"
#include "casework/reach.h"
#include "casework/registry.h"
#include "serve/alarm.h"

#define SLICE_MS 100  /* of due work, before others have a turn */
#define STUCK_MS 1000 /* when due work does not get less, and twice as long the next time */
#define STUCK_MAX_MS 5000
#define CHECKPOINT_AT 150 /* minutes after midnight */

struct scheduler {
    struct site *site;
    struct keeper *keeper;
    struct actor actor;
    struct alarm alarm;
    int64_t writes;        /* of the store, when the alarm was set */
    int64_t again_at;      /* of clock_steady: more to do then; INT64_MAX: not by itself */
    int64_t stuck_ms;      /* 0: all is well */
    int64_t checkpoint_at; /* the next nightly checkpoint; INT64_MAX: none */
};

static int64_t next_night(int64_t now)
{
    int64_t today = clock_day_start(clock_day(now)) + CHECKPOINT_AT * INT64_C(60000);

    return today > now ? today : today + CLOCK_DAY_MS;
}

bool scheduler_open(struct site *site, struct keeper *keeper, const struct actor *actor,
                    struct scheduler **out, struct err *err)
{
    struct scheduler *scheduler = mem_new(sizeof *scheduler);

    scheduler->site = site;
    scheduler->keeper = keeper;
    scheduler->actor = *actor;
    scheduler->writes = -1;
    scheduler->again_at = INT64_MAX;
    scheduler->checkpoint_at = site->is_virtual ? INT64_MAX : next_night(site_now(site));
    if (!alarm_open(&scheduler->alarm, err)) {
        scheduler_close(scheduler);
        return false;
    }
    *out = scheduler;
    return true;
}

void scheduler_close(struct scheduler *scheduler)
{
    if (!scheduler) {
        return;
    }
    alarm_close(&scheduler->alarm);
    mem_free(scheduler);
}

int scheduler_fd(const struct scheduler *scheduler)
{
    return scheduler->alarm.fd;
}

int64_t scheduler_wake_at(const struct scheduler *scheduler)
{
    return store_writes(scheduler->site->store) != scheduler->writes && !scheduler->stuck_ms
               ? 0
               : scheduler->again_at;
}

/* One row of the audit in a transaction of its own. */
static bool note(struct scheduler *scheduler, const struct audit_row *what, bool is_checkpoint,
                 struct err *err)
{
    struct site *site = scheduler->site;
    struct audit_row row = *what;
    struct office office;

    if (!store_begin(site->store, err)) {
        return false;
    }
    if (registry_office(site, site->office_id, &office, err)) {
        row.office = office.code;
        row.recorder = scheduler->actor.recorder;
        if (is_checkpoint ? audit_checkpoint(site, office.code, row.recorder, NULL, err)
                          : audit_append(site, &row, err)) {
            return store_commit(site->store, err);
        }
    }
    store_rollback(site->store);
    return false;
}

static bool note_jump(struct scheduler *scheduler, int64_t jump, struct err *err)
{
    char object[24];
    char body[64];
    int64_t now = clock_now();
    struct audit_row row = {.act = "clock", .object = object, .body = body};

    clock_format_instant(now, object);
    (void)snprintf(body, sizeof body, "{\"by_ms\":%lld}", (long long)jump);
    log_warn(SAY("系统时钟被拨动 %lld 秒，现为 %s", "the clock was set by %lld s and shows %s now"),
             (long long)(jump / 1000), object);
    scheduler->checkpoint_at =
        scheduler->site->is_virtual ? INT64_MAX : next_night(site_now(scheduler->site));
    return note(scheduler, &row, false, err);
}

static bool check_night(struct scheduler *scheduler, struct err *err)
{
    struct audit_row row = {0};
    bool is_done = false;

    if (site_now(scheduler->site) < scheduler->checkpoint_at) {
        return true;
    }
    if (!reach_nightly(scheduler->site, &is_done, err)) {
        return false;
    }
    scheduler->checkpoint_at = next_night(site_now(scheduler->site));
    return note(scheduler, &row, true, err);
}

/* Due work that was done and is as due as before would be done for ever: it waits, longer each
   time. */
static void be_stuck(struct scheduler *scheduler)
{
    if (!scheduler->stuck_ms) {
        log_warn("%s",
                 SAY("到期事项没有进展，稍后再试", "what is due makes no progress; trying later"));
    }
    scheduler->stuck_ms = scheduler->stuck_ms ? scheduler->stuck_ms * 2 : STUCK_MS;
    scheduler->stuck_ms = scheduler->stuck_ms < STUCK_MAX_MS ? scheduler->stuck_ms : STUCK_MAX_MS;
    scheduler->again_at = clock_steady() + scheduler->stuck_ms;
}

/* Sets the alarm to what comes next; *is_due when that has come already. */
static bool look_ahead(struct scheduler *scheduler, bool *is_due, struct err *err)
{
    int64_t next;

    if (!keeper_due(scheduler->keeper, &next, err)) {
        return false;
    }
    scheduler->writes = store_writes(scheduler->site->store);
    *is_due = next <= site_now(scheduler->site);
    if (scheduler->site->is_virtual) {
        next = ALARM_NEVER;
    }
    if (scheduler->checkpoint_at < next) {
        next = scheduler->checkpoint_at;
    }
    return *is_due || next == scheduler->alarm.instant || alarm_set(&scheduler->alarm, next, err);
}

static bool work(struct scheduler *scheduler, struct err *err)
{
    struct keeper_ticked ticked;
    bool is_due = false;

    if (!keeper_tick_for(scheduler->keeper, &scheduler->actor, SLICE_MS, &ticked, err)) {
        return false;
    }
    if (ticked.is_cut) {
        scheduler->again_at = 0;
        return true;
    }
    if (!look_ahead(scheduler, &is_due, err)) {
        return false;
    }
    if (!is_due) {
        scheduler->stuck_ms = 0;
    } else if (ticked.waves || ticked.jobs || ticked.jobs_failed) {
        scheduler->again_at = 0;
    } else {
        be_stuck(scheduler);
    }
    return true;
}

bool scheduler_step(struct scheduler *scheduler, struct err *err)
{
    int64_t jump;
    bool is_due = false;

    alarm_take(&scheduler->alarm, &jump);
    scheduler->alarm.instant = 0; /* it may have rung */
    scheduler->again_at = INT64_MAX;
    if (jump && !note_jump(scheduler, jump, err)) {
        return false;
    }
    return check_night(scheduler, err) && look_ahead(scheduler, &is_due, err) &&
           (!is_due || work(scheduler, err));
}
