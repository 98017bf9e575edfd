/* Planned runs of jobs. The next run of each job stands in the table before it is due; after an
   outage the runs between then and now are written too, and the job's policy says which of them
   still happen. */
#include "casework/occurrences.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/rows.h"
#include "casework/versions.h"

#define BACKLOG 4000 /* rows one refresh writes at most */
#define RESULT_LIMIT 4000

static bool put_row(struct site *site, const struct occurrence_plan *plan, int64_t at,
                    struct err *err)
{
    return store_run(site->store,
                     "INSERT INTO occurrences (office_id, job, planned_at, status, result) "
                     "VALUES ($1, $2, $3, 'planned', '') "
                     "ON CONFLICT (office_id, job, planned_at) DO NOTHING",
                     NULL, err, "iti", plan->office_id, plan->job, at);
}

/* Where the plan goes on from: the newest row that fell due, or now for a job that is new. */
static bool last_planned(struct site *site, const struct occurrence_plan *plan, int64_t now,
                         int64_t *last, struct err *err)
{
    int64_t found = 0;

    if (!store_one_int(site->store,
                       "SELECT COALESCE(MAX(planned_at), 0) FROM occurrences "
                       "WHERE office_id = $1 AND job = $2 AND planned_at <= $3",
                       &found, err, "iti", plan->office_id, plan->job, now)) {
        return false;
    }
    *last = !found ? now : found > plan->since ? found : plan->since;
    return true;
}

/* Rows up to now and one beyond; other rows to come no longer fit and go. */
static bool write_rows(struct site *site, const struct occurrence_plan *plan,
                       const struct workdays *workdays, int64_t now, struct err *err)
{
    int64_t at = 0;
    bool is_any = true;

    if (!last_planned(site, plan, now, &at, err)) {
        return false;
    }
    for (int i = 0; i < BACKLOG && at <= now && is_any; i++) {
        is_any = every_next(&plan->every, workdays, at, &at);
        if (is_any && !put_row(site, plan, at, err)) {
            return false;
        }
    }
    return store_run(site->store,
                     "DELETE FROM occurrences WHERE office_id = $1 AND job = $2 "
                     "AND status = 'planned' AND planned_at > $3 AND planned_at <> $4",
                     NULL, err, "itii", plan->office_id, plan->job, now, is_any ? at : 0);
}

/* Rows whose day has ended without them: the policy keeps all, the newest, or none. */
static bool settle_missed(struct site *site, const struct occurrence_plan *plan, int64_t now,
                          struct err *err)
{
    int64_t today = clock_day_start(clock_day(now));
    int64_t kept = 0;
    const char *reason =
        plan->missed == MISSED_SKIP
            ? SAY("错过当天，按约定不补", "its day had passed; not made up for")
            : SAY("错过当天，只补最近一次", "its day had passed; only the newest is made up for");

    if (plan->missed == MISSED_EACH) {
        return true;
    }
    if (plan->missed == MISSED_ONCE &&
        !store_one_int(site->store,
                       "SELECT COALESCE(MAX(planned_at), 0) FROM occurrences WHERE office_id = $1 "
                       "AND job = $2 AND status = 'planned' AND planned_at <= $3",
                       &kept, err, "iti", plan->office_id, plan->job, now)) {
        return false;
    }
    return store_run(site->store,
                     "UPDATE occurrences SET status = 'skipped', ran_at = $3, result = $4 "
                     "WHERE office_id = $1 AND job = $2 AND status = 'planned' "
                     "AND planned_at < $5 AND planned_at <> $6",
                     NULL, err, "ititii", plan->office_id, plan->job, now, reason, today, kept);
}

static bool office_workdays(struct site *site, int64_t office_id, struct workdays **out,
                            struct err *err)
{
    struct calendar calendar = {0};

    if (!calendar_current(site, office_id, &calendar, err)) {
        return false;
    }
    *out = workdays_new(calendar.years);
    calendar_clear(&calendar);
    return true;
}

bool occurrence_refresh(struct site *site, const struct occurrence_plan *plan, struct err *err)
{
    bool ok;
    int64_t now = site_now(site);
    struct workdays *workdays = NULL;

    ok = office_workdays(site, plan->office_id, &workdays, err) &&
         write_rows(site, plan, workdays, now, err) && settle_missed(site, plan, now, err);
    workdays_free(workdays);
    return ok;
}

/* One active job: its plan out of its ABOUT; a job without `every` runs by hand only. */
static bool refresh_active(struct site *site, int64_t activation_id, struct err *err)
{
    bool ok = false;
    struct value *about = NULL;
    struct activation active = {0};
    struct occurrence_plan plan = {0};

    if (!activation_get(site, activation_id, &active, err)) {
        return false;
    }
    if (strcmp(active.kind, "job") != 0) {
        ok = true;
        goto done;
    }
    if (!json_parse(active.about, strlen(active.about), &about, err)) {
        goto done;
    }
    plan.office_id = active.office_id;
    plan.job = active.workflow;
    plan.since = active.approved_at;
    if (value_kind(value_get(about, "every")) != VALUE_MAP) {
        ok = store_run(site->store,
                       "DELETE FROM occurrences WHERE office_id = $1 AND job = $2 "
                       "AND status = 'planned' AND planned_at > $3",
                       NULL, err, "iti", plan.office_id, plan.job, site_now(site));
        goto done;
    }
    ok = every_read(value_get(about, "every"), &plan.every, err) &&
         missed_read(value_get_text(about, "missed"), &plan.missed, err) &&
         occurrence_refresh(site, &plan, err);
done:
    if (!ok) {
        err_add(err, "%s", active.workflow);
    }
    value_free(about);
    activation_clear(&active);
    return ok;
}

bool occurrence_refresh_all(struct site *site, struct err *err)
{
    bool ok = true;
    int64_t *ids = NULL;
    size_t count = 0;

    if (!store_run(site->store,
                   "DELETE FROM occurrences WHERE status = 'planned' AND NOT EXISTS "
                   "(SELECT 1 FROM activations AS a WHERE a.office_id = occurrences.office_id "
                   "AND a.workflow = occurrences.job AND a.status = 'active')",
                   NULL, err, "") ||
        !activation_list(site, 0, NULL, "active", &ids, &count, err)) {
        return false;
    }
    for (size_t i = 0; ok && i < count; i++) {
        struct err why = {0};

        if (refresh_active(site, ids[i], &why)) {
            continue;
        }
        /* A job that cannot be read, or has no calendar, must not stop everything else. */
        ok = why.kind == ERR_INVALID || why.kind == ERR_MISSING;
        if (ok) {
            log_warn(
                SAY("作业不能排期，已跳过：%s", "a job cannot be planned and is passed over: %s"),
                why.text);
        } else {
            *err = why;
        }
    }
    mem_free(ids);
    return ok;
}

static bool take_all(struct stmt *stmt, struct occurrence **out, size_t *count, struct err *err)
{
    struct occurrence *list = NULL;
    size_t length = 0;

    for (;;) {
        bool has_row = false;
        struct occurrence *next;

        if (!stmt_step(stmt, &has_row, err)) {
            occurrence_list_free(list, length);
            return false;
        }
        if (!has_row) {
            break;
        }
        list = row_room(list, length, sizeof *list);
        next = &list[length++];
        next->occurrence_id = stmt_int(stmt, 0);
        next->office_id = stmt_int(stmt, 1);
        next->job = row_copy(stmt, 2);
        next->planned_at = stmt_int(stmt, 3);
        row_text(stmt, 4, next->status, sizeof next->status);
        next->ran_at = row_id(stmt, 5);
        next->result = row_copy(stmt, 6);
    }
    *out = list;
    *count = length;
    return true;
}

bool occurrence_due(struct site *site, struct occurrence **out, size_t *count, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store,
                     "SELECT occurrence_id, office_id, job, planned_at, status, ran_at, result "
                     "FROM occurrences WHERE status = 'planned' AND planned_at <= $1 "
                     "ORDER BY planned_at, occurrence_id",
                     &stmt, err, "i", site_now(site)) &&
           take_all(stmt, out, count, err);
}

bool occurrence_wake(struct site *site, bool *is_any, int64_t *instant, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT planned_at FROM occurrences WHERE status = 'planned' "
                   "ORDER BY planned_at LIMIT 1",
                   &stmt, err, "") ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    *is_any = has_row;
    if (has_row) {
        *instant = stmt_int(stmt, 0);
    }
    stmt_reset(stmt);
    return true;
}

bool occurrence_list(struct site *site, int64_t office_id, const char *job, int64_t limit,
                     struct occurrence **out, size_t *count, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store,
                     "SELECT occurrence_id, office_id, job, planned_at, status, ran_at, result "
                     "FROM occurrences WHERE office_id = $1 AND ($2 = '' OR job = $2) "
                     "ORDER BY planned_at DESC, occurrence_id DESC LIMIT $3",
                     &stmt, err, "iti", office_id, job ? job : "", limit) &&
           take_all(stmt, out, count, err);
}

bool occurrence_settle(struct site *site, int64_t id, const char *status, const char *result,
                       struct err *err)
{
    int64_t changed = 0;
    char text[RESULT_LIMIT];

    row_put(text, sizeof text, result);
    if (!store_run(site->store,
                   "UPDATE occurrences SET status = $2, ran_at = $3, result = $4 "
                   "WHERE occurrence_id = $1 AND status = 'planned'",
                   &changed, err, "itit", id, status, site_now(site), text)) {
        return false;
    }
    if (!changed) {
        err_set(err, ERR_CONFLICT, SAY("这次运行已经有结果", "this run is settled already"));
    }
    return changed != 0;
}

void occurrence_list_free(struct occurrence *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_free(list[i].job);
        mem_free(list[i].result);
    }
    mem_free(list);
}
