/* Running a job or a single script: the conversation with its worker, then what it wants done. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/occurrences.h"
#include "casework/rights.h"
#include "casework/settings.h"
#include "serve/calls.h"
#include "serve/inside.h"
#include "serve/planned.h"
#include "serve/wishes.h"
#include "serve/zygote.h"

/* One run on its way. */
struct course {
    struct keeper *keeper;
    const struct keeper_run *run;
    struct worker_limits limits;
    struct calls calls;
    int64_t *offices;
    struct value *done; /* the last frame */
    bool is_killed;     /* the worker, from outside */
    struct value *request;
};

static bool put_job(struct course *course, struct err *err)
{
    struct site *site = course->keeper->site;
    struct value *request = course->request;
    struct activation active = {0};
    struct value *modules = NULL;
    struct value *settings = NULL;
    int64_t opens_at = 0;
    char name[256];
    struct buf source;
    bool ok;

    buf_init(&source, VERSIONS_FILE_LIMIT + 1);
    ok = activation_active(site, course->run->office_id, course->run->id, &active, err) &&
         version_source(site, active.version_id, VERSIONS_MAIN, &source, err) &&
         version_modules(site, active.version_id, &modules, err) &&
         setting_split(active.settings, &settings, &opens_at, err);
    if (ok) {
        (void)snprintf(name, sizeof name, "%.200s.lua", course->run->id);
        value_set_text(request, "name", name);
        value_set(request, "source", value_new_string(source.bytes, source.length));
        value_set(request, "modules", modules);
        value_set(request, "settings", settings);
        value_set_int(request, "opens_at", opens_at);
    } else {
        value_free(modules);
        value_free(settings);
    }
    activation_clear(&active);
    buf_clear(&source);
    return ok;
}

static bool make_request(struct course *course, struct err *err)
{
    struct keeper *keeper = course->keeper;
    const struct keeper_run *run = course->run;
    struct value *request = value_new_map();
    struct value *calendars = value_new_map();
    struct value *one = value_new_map();
    struct calendar calendar = {0};

    course->request = request;
    value_set_text(request, "op", "run");
    value_set_text(request, "kind", run->kind);
    value_set_text(request, "lang", SAY("zh", "en"));
    value_set_int(request, "at", keeper_instant(keeper));
    value_set(request, "args", run->args ? value_copy(run->args) : value_new_list());
    if (!calendar_current(keeper->site, run->office_id, &calendar, err)) {
        value_free(calendars);
        value_free(one);
        return false;
    }
    value_set(one, "years", value_copy(calendar.years));
    value_set(calendars, calendar.hash, one);
    value_set(request, "calendars", calendars);
    value_set_text(request, "calendar", calendar.hash);
    calendar_clear(&calendar);
    if (run->id) {
        return put_job(course, err);
    }
    value_set_text(request, "name", run->name);
    value_set_text(request, "source", run->source);
    return true;
}

static bool see_offices(struct course *course, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(course->keeper->store, RIGHTS_BELOW "SELECT office_id FROM below", &stmt, err,
                   "i", course->run->office_id)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            course->calls.offices = course->offices;
            return true;
        }
        course->offices =
            mem_resize(course->offices, (course->calls.office_count + 1) * sizeof *course->offices);
        course->offices[course->calls.office_count++] = stmt_int(stmt, 0);
    }
    return false;
}

/* One frame of the script. *is_over when it was the last. */
static bool take_frame(struct course *course, struct worker_link *link, const struct buf *frame,
                       bool *is_over, struct err *err)
{
    struct value *tree = NULL;
    struct codec_in in;
    const struct value *out;
    bool ok = true;

    codec_begin(&in, frame->bytes, frame->length);
    if (!codec_get_value(&in, &tree) || !codec_is_done(&in)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("工作进程的答复无法读取", "the worker's answer cannot be read"));
        value_free(tree);
        return false;
    }
    out = value_get(tree, "out");
    if (value_text(out)) {
        if (course->run->out) {
            course->run->out(course->run->context, value_text(out), value_length(out));
        }
    } else if (value_get(tree, "call")) {
        struct value *reply = calls_answer(&course->calls, tree);
        struct buf bytes;

        buf_init(&bytes, PIPE_FRAME_MAX);
        codec_put_value(&bytes, reply);
        if (bytes.is_over) {
            err_set(err, ERR_INVALID, "%s",
                    SAY("查询结果过大", "the answer to a query is too large"));
            ok = false;
        } else {
            ok = worker_send(link, &bytes, clock_steady() + course->limits.wall_ms, err);
        }
        value_free(reply);
        buf_clear(&bytes);
    } else {
        course->done = tree;
        tree = NULL;
        *is_over = true;
    }
    value_free(tree);
    return ok;
}

/* Where a worker that was stopped stood; a file that is still being read has no line yet. */
static void say_place(const struct course *course, const struct worker_end *how, struct err *err)
{
    if (how->file[0] && strncmp(how->file, "scripts/", strlen("scripts/")) != 0) {
        err_add(err, "%s:%d", how->file, how->line);
    } else {
        err_add(err, "%s", value_get_text(course->request, "name"));
    }
}

static bool converse(struct course *course, struct err *err)
{
    int64_t deadline = clock_steady() + course->limits.wall_ms;
    struct worker_link *link = NULL;
    struct worker_end how = {0};
    struct err unsaid = {0};
    bool is_over = false;
    bool ok = false;
    struct buf frame;

    buf_init(&frame, PIPE_FRAME_MAX);
    codec_put_value(&frame, course->request);
    if (!zygote_fork(course->keeper->zygote, &course->limits, &link, err)) {
        course->is_killed = true;
        goto done;
    }
    ok = worker_send(link, &frame, deadline, &unsaid);
    while (ok && !is_over) {
        ok = worker_receive(link, &frame, deadline, &unsaid) &&
             take_frame(course, link, &frame, &is_over, &unsaid);
    }
    worker_end(link, &how);
    if (!ok && how.fate == WORKER_OUTSIDE) {
        course->is_killed = true;
        err_set(err, ERR_MISSING, "%s",
                SAY("工作进程被外部终止", "the worker was killed from outside"));
    } else if (!ok) {
        err_set(err, ERR_INVALID, "%s", how.text[0] ? how.text : unsaid.text);
        say_place(course, &how, err);
    }
done:
    buf_clear(&frame);
    return ok;
}

static bool succeeded(const struct course *course, struct err *err)
{
    const char *fault = value_get_text(course->done, "fault");
    const char *refused = value_get_text(value_get(course->done, "refused"), "text");

    if (value_get_bool(course->done, "done")) {
        return true;
    }
    err_set(err, ERR_INVALID, "%s",
            fault     ? fault
            : refused ? refused
                      : SAY("脚本没有正常结束", "the script did not end properly"));
    return false;
}

/* The limits of a job, lowered where the run asks for it: the clock on the wall follows the one of
   the processor, with room for the keeper's own answers. */
static struct worker_limits limits_of(const struct keeper_run *run)
{
    struct worker_limits limits = WORKER_JOB;

    if (run->cpu_ms > 0 && run->cpu_ms < limits.cpu_ms) {
        int64_t wall = run->cpu_ms * 2 + 1000;

        limits.cpu_ms = run->cpu_ms;
        limits.wall_ms = wall < limits.wall_ms ? wall : limits.wall_ms;
    }
    if (run->memory > 0 && run->memory < limits.memory) {
        limits.memory = run->memory;
    }
    return limits;
}

static bool run_with(struct keeper *keeper, const struct keeper_run *run, struct wishes *wishes,
                     struct err *err)
{
    bool ok = false;
    struct course course = {
        .keeper = keeper, .run = run, .limits = limits_of(run), .calls = {.store = keeper->store}};

    *wishes->ran = (struct keeper_ran){0};
    if (!make_request(&course, err) || !see_offices(&course, err) ||
        !site_question(keeper->site, &course.calls.question, err) ||
        !store_show_offices(course.calls.question, course.offices, course.calls.office_count,
                            err) ||
        !converse(&course, err) || !succeeded(&course, err)) {
        goto done;
    }
    wishes->acts = value_get(course.done, "acts");
    wishes->ran->returned = mem_text(value_get_text(course.done, "returned"));
    if (value_count(wishes->acts) == 0 && !wishes->also) {
        ok = true;
    } else {
        ok = wishes_apply(keeper, wishes, err);
        if (!ok) {
            err_add(err, "%s", value_get_text(course.request, "name"));
        }
    }
done:
    if (!ok) {
        mem_free(wishes->ran->returned);
        wishes->ran->returned = NULL;
    }
    wishes->is_killed = course.is_killed;
    store_close(course.calls.question);
    mem_free(course.offices);
    value_free(course.request);
    value_free(course.done);
    return ok;
}

bool keeper_run(struct keeper *keeper, const struct actor *actor, const struct keeper_run *run,
                struct keeper_ran *out, struct err *err)
{
    struct wishes wishes = {.actor = actor,
                            .office_id = run->office_id,
                            .name = run->id ? run->id : run->name,
                            .ran = out};

    keeper->done = (struct keeper_ticked){0};
    *out = (struct keeper_ran){0};
    return keeper_begin(keeper, err) && run_with(keeper, run, &wishes, err);
}

/* ---- planned runs ---- */

/* A run that is under way: which occurrence it is, and what it gave back. */
struct planned {
    const struct occurrence *one;
    struct keeper_ran ran;
};

static bool settle_done(struct keeper *keeper, void *context, struct err *err)
{
    const struct planned *planned = context;
    const char *result = planned->ran.returned ? planned->ran.returned : "";

    return occurrence_settle(keeper->site, planned->one->occurrence_id, "done", result, err);
}

/* A job that failed is settled as failed, with its sentence, in a transaction of its own. */
static bool settle_failed(struct keeper *keeper, const struct occurrence *one,
                          const struct err *why, struct err *err)
{
    log_warn(SAY("任务 %s 失败：%s", "the job %s failed: %s"), one->job, why->text);
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    if (!occurrence_settle(keeper->site, one->occurrence_id, "failed", why->text, err)) {
        keeper_rollback(keeper);
        return false;
    }
    keeper->done.jobs_failed++;
    return keeper_commit(keeper, err);
}

static bool run_planned(struct keeper *keeper, const struct actor *actor, struct occurrence *one,
                        struct err *err)
{
    static const struct actor nobody;
    struct actor machine = actor ? *actor : nobody;
    struct keeper_run run = {
        .office_id = one->office_id, .kind = "job", .name = one->job, .id = one->job};
    struct planned planned = {.one = one};
    struct wishes wishes = {.actor = &machine,
                            .office_id = one->office_id,
                            .name = one->job,
                            .also = settle_done,
                            .context = &planned,
                            .ran = &planned.ran,
                            .is_planned = true};
    struct err why = {0};
    bool ok;

    machine.person_id = 0; /* a schedule acts for nobody */
    machine.person = NULL;
    ok = run_with(keeper, &run, &wishes, &why);
    mem_free(planned.ran.returned);
    if (!ok && wishes.is_killed) { /* it stays planned: the next tick runs it */
        *err = why;
        return false;
    }
    if (!ok) {
        return settle_failed(keeper, one, &why, err);
    }
    keeper->done.jobs++;
    return true;
}

bool planned_run_due(struct keeper *keeper, const struct actor *actor, struct err *err)
{
    struct occurrence *list = NULL;
    size_t count = 0;
    bool ok = occurrence_due(keeper->site, &list, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        ok = run_planned(keeper, actor, &list[i], err);
    }
    occurrence_list_free(list, count);
    return ok;
}
