/* `duban serve`: the supervisor in this process, and what the keeper that it starts is made of. */
#include "cli/handlers.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/desk.h"
#include "cli/house.h"
#include "serve/deliver.h"
#include "serve/keeper.h"
#include "serve/loop.h"
#include "serve/reception.h"
#include "serve/scheduler.h"
#include "serve/supervisor.h"
#include "serve/zygote.h"

#define GOODBYE_MS 5000 /* for answers that are on their way out */

/* The keeper's process. */
struct office_hours {
    struct house *house;
    const struct post *post;
    struct loop loop;
    struct desk *desk;
    struct reception *reception;
    struct scheduler *scheduler;
    struct deliver *deliver;
    int64_t beat_at;
};

/* ---- the engines ---- */

static int reception_of(void *self)
{
    return reception_fd(((struct office_hours *)self)->reception);
}

static int64_t reception_when(void *self)
{
    return reception_wake_at(((struct office_hours *)self)->reception);
}

static bool reception_turn(void *self, struct err *err)
{
    struct office_hours *hours = self;

    reception_step(hours->reception);
    return store_is_usable(hours->house->site->store, err);
}

static int scheduler_of(void *self)
{
    return scheduler_fd(((struct office_hours *)self)->scheduler);
}

static int64_t scheduler_when(void *self)
{
    return scheduler_wake_at(((struct office_hours *)self)->scheduler);
}

static bool scheduler_turn(void *self, struct err *err)
{
    return scheduler_step(((struct office_hours *)self)->scheduler, err);
}

static int courier_of(void *self)
{
    return deliver_fd(((struct office_hours *)self)->deliver);
}

static bool courier_behind(void *self)
{
    return deliver_is_behind(((struct office_hours *)self)->deliver);
}

static int64_t courier_when(void *self)
{
    return deliver_wake_at(((struct office_hours *)self)->deliver);
}

static bool courier_turn(void *self, struct err *err)
{
    struct deliver_report report = {0}; /* figures stand in the store: duban metrics */

    return deliver_step(((struct office_hours *)self)->deliver, &report, err);
}

static void courier_reload(void *self)
{
    struct err err = {0};

    if (!deliver_reload(((struct office_hours *)self)->deliver, &err)) {
        log_warn(SAY("渠道未更新：%s", "the channels stay as they were: %s"), err.text);
    }
}

static int zygote_of(void *self)
{
    return zygote_fd(((struct office_hours *)self)->house->zygote);
}

static int64_t zygote_when(void *self)
{
    return zygote_of(self) < 0 ? 0 : INT64_MAX;
}

static bool zygote_turn(void *self, struct err *err)
{
    (void)self;
    err_set(err, ERR_MISSING, "%s",
            SAY("脚本进程的母进程已停止", "the process that starts workers has stopped"));
    return false;
}

static int signals_of(void *self)
{
    return ((struct office_hours *)self)->post->signals;
}

static void reload(struct office_hours *hours)
{
    struct err err = {0};

    if (!site_configure(hours->house->site, &err)) {
        log_warn(SAY("设置未更新，沿用原设置：%s", "the configuration stays as it was: %s"),
                 err.text);
        return;
    }
    loop_reload(&hours->loop);
    log_info("%s", SAY("设置已重新读取", "the configuration was read again"));
}

static bool signals_turn(void *self, struct err *err)
{
    struct office_hours *hours = self;
    enum post_word word;

    (void)err;
    while ((word = post_signal(hours->post)) != POST_NOTHING) {
        if (word == POST_STOP) {
            hours->loop.is_over = true;
        } else {
            reload(hours);
        }
    }
    return true;
}

static int64_t beat_when(void *self)
{
    return ((struct office_hours *)self)->beat_at;
}

static bool beat_turn(void *self, struct err *err)
{
    struct office_hours *hours = self;

    (void)err;
    post_beat(hours->post);
    hours->beat_at = clock_steady() + POST_BEAT_MS;
    return true;
}

/* What the loop turns, in this order. */
static const struct engine ENGINES[] = {
    {.fd = signals_of, .step = signals_turn},
    {.wake_at = beat_when, .step = beat_turn},
    {.fd = zygote_of, .wake_at = zygote_when, .step = zygote_turn},
    {.fd = reception_of, .wake_at = reception_when, .step = reception_turn},
    {.fd = scheduler_of, .wake_at = scheduler_when, .step = scheduler_turn},
    {.fd = courier_of,
     .is_behind = courier_behind,
     .wake_at = courier_when,
     .step = courier_turn,
     .reload = courier_reload},
};

/* ---- the keeper's life ---- */

/* Who acts when a schedule does: the account of this user, or nobody. */
static void find_actor(struct house *house)
{
    struct err unsaid = {0};

    if (!house_who(house, NULL, &unsaid)) {
        house->actor = (struct actor){0};
    }
}

static bool open_hours(struct office_hours *hours, struct err *err)
{
    const struct deliver_options options = {0};
    struct house *house = hours->house;

    if (!house_courier(house, err) || !house_keep(house, hours->post->lock, err)) {
        return false;
    }
    find_actor(house);
    hours->desk = desk_new(house);
    if (!scheduler_open(house->site, house->keeper, &house->actor, &hours->scheduler, err) ||
        !reception_open(hours->post->listener, desk_answer, hours->desk, &hours->reception, err) ||
        !deliver_open(house->keeper, house->courier, &options, &hours->deliver, err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(ENGINES); i++) {
        struct engine engine = ENGINES[i];

        engine.self = hours;
        loop_add(&hours->loop, &engine);
    }
    return true;
}

static void close_hours(struct office_hours *hours)
{
    reception_close(hours->reception);
    scheduler_close(hours->scheduler);
    deliver_close(hours->deliver);
    desk_free(hours->desk);
    house_end(hours->house);
}

static int keep(void *context, const struct post *post)
{
    char lang[4];
    struct err err = {0};
    struct office_hours hours = {.house = context, .post = post};
    bool ok;

    (void)snprintf(lang, sizeof lang, "%s", hours.house->lang);
    ok = open_hours(&hours, &err);
    if (ok) {
        post_ready(post);
        hours.beat_at = clock_steady() + POST_BEAT_MS;
        ok = loop_run(&hours.loop, &err);
        if (ok) {
            reception_end(hours.reception, clock_steady() + GOODBYE_MS);
        }
    }
    text_speak(lang);
    if (!ok) {
        log_warn(SAY("主写进程结束：%s", "the keeper ends: %s"), err.text);
    }
    close_hours(&hours);
    return ok ? 0 : 1;
}

enum outcome serve_handler(struct house *house, const struct args *args, struct err *err)
{
    struct supervisor supervisor = {.folder = house->globals.dir, .keep = keep, .context = house};

    (void)args;
    return args_outcome(house_library(house, err) && supervisor_run(&supervisor, err));
}
