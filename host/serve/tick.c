/* A tick: everything due, cases and planned jobs, in order of time. On a virtual clock time itself
   is walked from one wake to the next. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/text.h"
#include "casework/audit.h"
#include "casework/occurrences.h"
#include "casework/terms.h"
#include "serve/inside.h"
#include "serve/planned.h"

#define TERMS_A_TICK 2000 /* cases whose words are put down when everything else is done */

/* The clock of a rehearsal, in a transaction of its own. */
static bool move_clock(struct keeper *keeper, int64_t to, struct err *err)
{
    if (!keeper->site->is_virtual || to <= site_now(keeper->site)) {
        return true;
    }
    return site_set_now(keeper->site, to, err);
}

static bool refresh_jobs(struct keeper *keeper, bool *is_any, int64_t *planned, struct err *err)
{
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    if (!occurrence_refresh_all(keeper->site, err) ||
        !occurrence_wake(keeper->site, is_any, planned, err)) {
        keeper_rollback(keeper);
        return false;
    }
    return keeper_commit(keeper, err);
}

static bool walk(struct keeper *keeper, const struct actor *actor, int64_t until, struct err *err)
{
    for (;;) {
        bool is_any = false;
        int64_t planned = 0;

        if (!refresh_jobs(keeper, &is_any, &planned, err)) {
            return false;
        }
        if (!is_any || planned > until) {
            return waves_run(keeper, until, err);
        }
        if (!waves_run(keeper, planned, err)) {
            return false;
        }
        if (keeper->done.is_cut) {
            return true;
        }
        if (!move_clock(keeper, planned, err) || !planned_run_due(keeper, actor, err)) {
            return false;
        }
    }
}

/* One audit row a run that did something, with nothing in it that an interruption would change. */
static bool finish(struct keeper *keeper, const struct actor *actor, int64_t until, struct err *err)
{
    bool ok = false;
    bool moves = keeper->site->is_virtual && until > site_now(keeper->site);
    struct office office;
    struct audit_row row = {.recorder = actor ? actor->recorder : NULL, .act = "tick"};
    char text[24];

    if (!moves && keeper->done.waves == 0 && keeper->done.jobs == 0 &&
        keeper->done.jobs_failed == 0) {
        return true;
    }
    clock_format_instant(until, text);
    row.object = keeper->site->is_virtual ? text : "";
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    if ((moves && !site_set_now(keeper->site, until, err)) ||
        !registry_office(keeper->site, keeper->site->office_id, &office, err)) {
        goto done;
    }
    row.office = office.code;
    if (!audit_append(keeper->site, &row, err)) {
        goto done;
    }
    crash_point("tick.before_commit");
    ok = keeper_commit(keeper, err);
    crash_point("tick.after_commit");
done:
    if (!ok) {
        keeper_rollback(keeper);
    }
    return ok;
}

/* Words of cases are nothing that acts on cases look up. */
static bool put_words(struct keeper *keeper, struct err *err)
{
    bool was_quiet = keeper_is_quiet(keeper);
    int64_t count = 0;

    if (!terms_refresh(keeper->store, TERMS_A_TICK, &count, err)) {
        return false;
    }
    if (was_quiet) {
        keeper->written = store_writes(keeper->store);
    }
    return true;
}

static bool tick(struct keeper *keeper, const struct actor *actor, int64_t until,
                 struct keeper_ticked *out, struct err *err)
{
    bool ok = keeper_begin(keeper, err) && walk(keeper, actor, until, err) &&
              finish(keeper, actor, keeper->done.is_cut ? site_now(keeper->site) : until, err) &&
              put_words(keeper, err);

    keeper->done.until = ok && !keeper->done.is_cut ? until : site_now(keeper->site);
    *out = keeper->done;
    return ok;
}

bool keeper_tick(struct keeper *keeper, const struct actor *actor, int64_t until,
                 struct keeper_ticked *out, struct err *err)
{
    int64_t now = site_now(keeper->site);

    keeper->done = (struct keeper_ticked){0};
    *out = keeper->done;
    if (until == 0) {
        until = now;
    }
    if (until > now && !keeper->site->is_virtual) {
        err_set(err, ERR_INVALID, "%s",
                SAY("这个站点用真实时钟，不能走到将来",
                    "this site has a real clock: it cannot go into the future"));
        return false;
    }
    if (until < now) {
        err_set(err, ERR_INVALID, "%s", SAY("时钟不能倒退", "the clock does not go back"));
        return false;
    }
    return tick(keeper, actor, until, out, err);
}

bool keeper_tick_for(struct keeper *keeper, const struct actor *actor, int64_t ms,
                     struct keeper_ticked *out, struct err *err)
{
    bool ok;

    keeper->done = (struct keeper_ticked){0};
    keeper->cut_at = clock_steady() + ms;
    ok = tick(keeper, actor, site_now(keeper->site), out, err);
    keeper->cut_at = 0;
    return ok;
}

bool keeper_due(struct keeper *keeper, int64_t *instant, struct err *err)
{
    bool has_job = false;
    int64_t planned = 0;
    bool is_known = keeper_is_quiet(keeper);

    /* Acts on cases alone change nothing that a plan of jobs is made of. */
    if (!keeper_begin(keeper, err) ||
        (is_known ? !occurrence_wake(keeper->site, &has_job, &planned, err)
                  : !refresh_jobs(keeper, &has_job, &planned, err)) ||
        !read_next(keeper, instant, err)) {
        return false;
    }
    if (*instant == CASE_NEVER) {
        *instant = INT64_MAX;
    }
    if (has_job && planned < *instant) {
        *instant = planned;
    }
    return true;
}
