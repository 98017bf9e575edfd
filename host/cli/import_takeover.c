/* 接管前: rungs that lie before the day an office takes a ledger over have been climbed on paper,
   or not at all; either way nobody is told again. The history keeps them, with a note that says so.
 */
#include "cli/import_takeover.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/cases.h"
#include "casework/outbox.h"
#include "casework/plans.h"
#include "serve/keeper.h"
#include "serve/keeper_sign.h"

#define REASON "接管前"
#define ROUNDS_MAX 100 /* a ladder has fewer rungs */

/* The prefixes of effect keys that belong to before, gathered before anything is written. */
struct prefixes {
    char **list;
    size_t count;
    int64_t before;
};

static void add_prefix(struct prefixes *prefixes, const char *text)
{
    prefixes->list = mem_resize(prefixes->list, (prefixes->count + 1) * sizeof *prefixes->list);
    prefixes->list[prefixes->count++] = mem_text(text);
}

/* True when an earlier repeat of the step ("ladder/arming/step/") is among them. */
static bool has_step(const struct prefixes *prefixes, const char *step)
{
    for (size_t i = 0; i < prefixes->count; i++) {
        if (strncmp(prefixes->list[i], step, strlen(step)) == 0) {
            return true;
        }
    }
    return false;
}

/* "ladder/arming/step/repeat#" out of a timer's body, when it was planned before. What was left of
   a repeated step runs late and at once, planned for now: it goes with its first. */
static void take_timer(struct prefixes *prefixes, const struct value *body)
{
    const char *ladder = value_get_text(body, "l");
    const char *step = value_get_text(body, "s");
    char start[480];
    char prefix[512];

    if (!ladder || !step) {
        return;
    }
    snprintf(start, sizeof start, "%s/%" PRId64 "/%s/", ladder, value_get_int(body, "a", 1), step);
    if (value_get_int(body, "planned", INT64_MAX) < prefixes->before || has_step(prefixes, start)) {
        snprintf(prefix, sizeof prefix, "%s%" PRId64 "#", start, value_get_int(body, "r", 1));
        add_prefix(prefixes, prefix);
    }
}

static bool gather(struct store *store, int64_t case_id, struct prefixes *prefixes, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store,
                        "SELECT body FROM events WHERE case_id = $1 AND kind = 'timer' AND body IS "
                        "NOT NULL ORDER BY seq",
                        &stmt, err, "i", case_id);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 0, &length);
        struct value *body = NULL;

        if (json_parse(text, length, &body, NULL)) {
            take_timer(prefixes, body);
            value_free(body);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* Messages of one case that wait and belong to before. */
struct waiting {
    struct store *store;
    const struct prefixes *prefixes;
    bool is_old; /* the case was opened before the day */
    int64_t *ids;
    size_t count;
};

/* Messages of states entered before the day carry keys like e1#0: they go by their own instant. */
static bool is_before(const struct waiting *waiting, const char *key)
{
    if (waiting->is_old && *key == 'e' && strchr(key, '#') && !strchr(key, '/')) {
        return true;
    }
    for (size_t i = 0; i < waiting->prefixes->count; i++) {
        const char *prefix = waiting->prefixes->list[i];

        if (strncmp(key, prefix, strlen(prefix)) == 0) {
            return true;
        }
    }
    return false;
}

static bool take_message(void *context, const struct outbox_line *line)
{
    struct waiting *waiting = context;

    if (is_before(waiting, line->effect_key)) {
        waiting->ids = mem_resize(waiting->ids, (waiting->count + 1) * sizeof *waiting->ids);
        waiting->ids[waiting->count++] = line->outbox_id;
    }
    return true;
}

static bool find_waiting(struct takeover *takeover, int64_t case_id, struct waiting *waiting,
                         struct err *err)
{
    const struct outbox_filter filter = {.case_id = case_id, .status = "waiting"};
    int64_t is_old = 0;

    if (!store_one_int(waiting->store,
                       "SELECT COUNT(*) FROM cases WHERE case_id = $1 AND opened_at < $2", &is_old,
                       err, "ii", case_id, takeover->before)) {
        return false;
    }
    waiting->is_old = is_old != 0;
    return outbox_list(waiting->store, &filter, take_message, waiting, err);
}

/* In the transaction of the note that says so. */
static bool cancel(void *context, struct err *err)
{
    struct waiting *waiting = context;
    bool ok = true;

    for (size_t i = 0; ok && i < waiting->count; i++) {
        ok = store_run(waiting->store,
                       "UPDATE outbox SET status = 'cancelled' WHERE outbox_id = $1 AND status = "
                       "'waiting'",
                       NULL, err, "i", waiting->ids[i]);
    }
    return ok;
}

struct planned {
    int64_t *ids;
    size_t count;
    int64_t before;
};

static bool take_plan(void *context, const struct plan_line *line)
{
    struct planned *planned = context;

    if (line->planned_at < planned->before) {
        planned->ids = mem_resize(planned->ids, (planned->count + 1) * sizeof *planned->ids);
        planned->ids[planned->count++] = line->plan_id;
    }
    return true;
}

/* Rungs on the catch-up list from before the day; skipping one may bring the next, so until none is
 * left. */
static bool skip_plans(struct takeover *takeover, int64_t case_id, struct err *err)
{
    struct house *house = takeover->house;
    bool is_over = false;
    bool ok = true;

    for (int round = 0; ok && !is_over && round < ROUNDS_MAX; round++) {
        struct planned planned = {.before = takeover->before};
        struct keeper_plan plan = {.reason = REASON};
        int64_t cases = 0;

        ok = plans_list(house->site->store, case_id, true, take_plan, &planned, err);
        is_over = planned.count == 0;
        plan.skip = planned.ids;
        plan.skip_count = planned.count;
        if (ok && !is_over) {
            ok = keeper_plan_sign(house->keeper, &house->actor, NULL, &plan, &cases, err);
            takeover->skipped += (int64_t)planned.count;
        }
        mem_free(planned.ids);
    }
    return ok;
}

static bool note(struct takeover *takeover, const char *number, struct waiting *waiting,
                 struct err *err)
{
    struct house *house = takeover->house;
    struct value *form = value_new_map();
    struct keeper_fact fact = {
        .number = number, .fact = "noted", .form = form, .occurred = KEEPER_NO_DAY};
    struct keeper_result result = {0};
    struct buf text;
    char day[12];
    bool ok;

    clock_format_day(clock_day(takeover->before), day);
    buf_init(&text, 1024);
    buf_add_format(&text, REASON "：%s 之前的处置不再通知", day);
    value_set_text(form, "text", buf_text(&text));
    fact.also = cancel;
    fact.context = waiting;
    ok = keeper_record(house->keeper, &house->actor, NULL, &fact, 1, &result, err);
    if (ok && !result.is_done) {
        *err = result.err;
        ok = false;
    }
    buf_clear(&text);
    value_free(form);
    return ok;
}

bool takeover_case(struct takeover *takeover, const char *number, struct err *err)
{
    struct prefixes prefixes = {.before = takeover->before};
    int64_t case_id = 0;
    int64_t skipped = takeover->skipped;
    struct waiting waiting = {.store = takeover->house->site->store, .prefixes = &prefixes};
    bool ok = cases_id(waiting.store, number, &case_id, err) &&
              gather(waiting.store, case_id, &prefixes, err) &&
              skip_plans(takeover, case_id, err) && find_waiting(takeover, case_id, &waiting, err);

    if (ok && (waiting.count || takeover->skipped != skipped)) {
        ok = note(takeover, number, &waiting, err);
        takeover->quiet += ok;
        takeover->cancelled += ok ? (int64_t)waiting.count : 0;
    }
    mem_free(waiting.ids);
    for (size_t i = 0; i < prefixes.count; i++) {
        mem_free(prefixes.list[i]);
    }
    mem_free(prefixes.list);
    return ok;
}
