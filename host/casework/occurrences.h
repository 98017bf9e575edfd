/* Planned runs of jobs: rows written before they are due, so that an outage leaves them to be seen.
 */
#ifndef DUBAN_OCCURRENCES_H
#define DUBAN_OCCURRENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"
#include "casework/workdays.h"

enum every_kind {
    EVERY_DAY,
    EVERY_WEEK,
    EVERY_MONTH,
    EVERY_QUARTER,
    EVERY_YEAR
};

/* ABOUT.every. Of workday and day at most one is not 0; both count from the end when negative. */
struct every {
    enum every_kind kind;
    int64_t workday; /* -3: the third last working day of the period */
    int64_t day;   /* of the week (1 Monday), month or quarter; beyond the end it is the last day */
    int64_t month; /* of the quarter (1–3) or year (1–12); 0: the period is the whole of it */
    int64_t at;    /* minutes after midnight */
};

enum missed {
    MISSED_ONCE,
    MISSED_EACH,
    MISSED_SKIP
};

/* What an office runs; job is the workflow id of the job's versions. */
struct occurrence_plan {
    int64_t office_id;
    const char *job;
    int64_t since; /* runs before this instant are not made up for: when the plan came into force */
    struct every every;
    enum missed missed;
};

struct occurrence {
    int64_t occurrence_id;
    int64_t office_id;
    int64_t planned_at;
    int64_t ran_at;  /* 0: not yet */
    char status[16]; /* planned, done, failed, skipped */
    char *job;
    char *result;
};

/* {kind="quarterly", workday=-3, at="09:00"}; daily, weekly, monthly, quarterly, yearly. */
MUST_USE bool every_read(const struct value *value, struct every *out, struct err *err);
/* "once", "each", "skip"; NULL is once. */
MUST_USE bool missed_read(const char *text, enum missed *out, struct err *err);
/* The first instant of the plan after the given one; false when it has none within ten years. */
MUST_USE bool every_next(const struct every *every, const struct workdays *workdays, int64_t after,
                         int64_t *next);

/* In the caller's transaction: writes the rows that fell due since the last one and the one to
   come, removes rows to come that no longer fit the plan, and settles by the policy what was
   missed: a row is missed when its day has ended (24:00). once keeps the newest of them, each all,
   skip none; what is not kept becomes `skipped` with a reason. A job seen for the first time begins
   now. */
MUST_USE bool occurrence_refresh(struct site *site, const struct occurrence_plan *plan,
                                 struct err *err);
/* Refreshes every active job of every office from its ABOUT, and takes away what is planned for
 * others. */
MUST_USE bool occurrence_refresh_all(struct site *site, struct err *err);
/* Planned rows with planned_at <= now, in order of time; free with occurrence_list_free. */
MUST_USE bool occurrence_due(struct site *site, struct occurrence **out, size_t *count,
                             struct err *err);
/* The next planned instant of the site after or at any time; *is_any false when there is none. */
MUST_USE bool occurrence_wake(struct site *site, bool *is_any, int64_t *instant, struct err *err);
/* The newest rows of one job (job NULL: all jobs) of an office, newest first, at most limit. */
MUST_USE bool occurrence_list(struct site *site, int64_t office_id, const char *job, int64_t limit,
                              struct occurrence **out, size_t *count, struct err *err);
/* status "done", "failed" or "skipped" for a planned row; ERR_CONFLICT when it is settled already.
 */
MUST_USE bool occurrence_settle(struct site *site, int64_t id, const char *status,
                                const char *result, struct err *err);
void occurrence_list_free(struct occurrence *list, size_t count);

#endif
