/* A count hook would stop endless Lua, but Lua runs at less than half its speed under one. So a
   timer of CPU time ticks, and only a script over its budget gets the hook, which then fires at the
   next instruction with the exact line. When it cannot fire, because C loops inside a pattern or a
   sort, the tick after that reports the line of the call and ends the process from the signal
   itself. */
#include "script/guard.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <lua.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "script/state.h"

#define TICK_US 10000
#define FRAME_ROOM 4096
#define TEXT_ROOM \
    1025 /* in bytes; enough for 340 Chinese characters, below the 500 that are promised */
#define SEND_MS 1000

struct guard {
    struct state *state;
    struct guard_limits limits;
    int fd;
    size_t spent;
    int64_t mark_us; /* CPU time when the item began */
    lua_State *running;
    volatile sig_atomic_t is_watching;
    volatile sig_atomic_t has_hook;
    struct buf frame; /* its room is there beforehand: a fault may come from inside malloc */
};

/* The one mutable global: a signal handler has no argument. */
static struct guard *watched;

static int64_t cpu_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The innermost frame of an office's script ("=name"), else of the library ("@path"). */
static int where(lua_State *L, lua_Debug *found)
{
    lua_Debug at;
    int line = 0;

    found->short_src[0] = '\0';
    for (int level = 0; L && level < 200 && lua_getstack(L, level, &at); level++) {
        if (!lua_getinfo(L, "Sl", &at) || at.currentline <= 0) {
            continue;
        }
        if (line == 0 || at.source[0] == '=') {
            *found = at;
            line = at.currentline;
        }
        if (at.source[0] == '=') {
            break;
        }
    }
    return line;
}

static const char *sentence_of(const struct guard *guard, const char *kind, char *room, size_t size)
{
    if (strcmp(kind, "time") == 0) {
        snprintf(
            room, size,
            SAY("运行超过 %lld 毫秒仍未结束；请检查循环是否有出口，或减少一次处理的数量",
                "still running after %lld ms; look for a loop that never ends, or do less at once"),
            (long long)guard->limits.cpu_ms);
    } else if (strcmp(kind, "memory") == 0) {
        snprintf(
            room, size,
            SAY("内存超限（%lld MB）；请检查是否有不断增长的表、文本，或没有出口的递归",
                "more than %lld MB of memory; look for a table or a text that keeps growing, or a "
                "function that calls itself without end"),
            (long long)(guard->limits.memory >> 20));
    } else if (strcmp(kind, "output") == 0) {
        snprintf(room, size,
                 SAY("输出超过 %lld KB；请减少打印或返回的内容",
                     "more than %lld KB of output; print or return less"),
                 (long long)(guard->limits.output >> 10));
    } else {
        snprintf(room, size, "%s", SAY("脚本出错", "the script failed"));
    }
    return room;
}

/* One line of at most TEXT_ROOM - 1 bytes. */
static void clean(const char *text, char *room)
{
    size_t length = strnlen(text, TEXT_ROOM - 1);

    memcpy(room, text, length);
    room[length] = '\0';
    text_clean(room, ' ', "");
}

void guard_stop(struct guard *guard, const char *kind, struct lua_State *L, const char *detail)
{
    char sentence[TEXT_ROOM];
    char text[TEXT_ROOM];
    char file[TEXT_ROOM];
    lua_Debug at;
    struct err err;
    int line;

    guard->is_watching = 0;
    line = where(L ? guard->running : NULL, &at);
    clean(detail ? detail : sentence_of(guard, kind, sentence, sizeof sentence), text);
    clean(at.short_src, file);
    buf_reset(&guard->frame);
    codec_put_map(&guard->frame, 1);
    codec_put_text(&guard->frame, "fault");
    codec_put_map(&guard->frame, 4);
    codec_put_text(&guard->frame, "file");
    codec_put_text(&guard->frame, file);
    codec_put_text(&guard->frame, "kind");
    codec_put_text(&guard->frame, kind);
    codec_put_text(&guard->frame, "line");
    codec_put_int(&guard->frame, line);
    codec_put_text(&guard->frame, "text");
    codec_put_text(&guard->frame, text);
    if (!pipe_send(guard->fd, guard->frame.bytes, guard->frame.length, clock_steady() + SEND_MS,
                   &err)) {
        _exit(GUARD_EXIT + 1); /* nobody is left to tell */
    }
    _exit(GUARD_EXIT);
}

static void stop_here(lua_State *L, lua_Debug *at)
{
    (void)at;
    guard_stop(watched, "time", L, NULL);
}

static void tick(int number)
{
    struct guard *guard = watched;

    (void)number;
    if (!guard->is_watching || cpu_us() - guard->mark_us < guard->limits.cpu_ms * 1000) {
        return;
    }
    if (guard->has_hook) {
        guard_stop(guard, "time", guard->running, NULL);
    }
    guard->has_hook = 1;
    lua_sethook(guard->running, stop_here, LUA_MASKCOUNT, 1);
}

struct guard *guard_start(struct state *state, const struct guard_limits *limits, int fd)
{
    struct guard *guard = mem_new(sizeof *guard);
    struct sigaction action = {.sa_handler = tick};
    struct itimerval every = {.it_interval = {.tv_usec = TICK_US},
                              .it_value = {.tv_usec = TICK_US}};

    guard->state = state;
    guard->limits = *limits;
    guard->fd = fd;
    guard->running = state_lua(state);
    buf_init(&guard->frame, FRAME_ROOM);
    (void)buf_extend(&guard->frame, FRAME_ROOM - 1);
    buf_reset(&guard->frame);
    watched = guard;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGPROF, &action, NULL);
    setitimer(ITIMER_PROF, &every, NULL);
    state_cap(state, state_used(state) + limits->memory, guard);
    return guard;
}

int guard_fd(const struct guard *guard)
{
    return guard->fd;
}

size_t guard_output(const struct guard *guard)
{
    return guard->limits.output;
}

void guard_spend(struct guard *guard, size_t bytes, struct lua_State *L)
{
    guard->spent += bytes;
    if (guard->spent > guard->limits.output) {
        guard_stop(guard, "output", L, NULL);
    }
}

void guard_leave(void)
{
    _exit(0);
}

void guard_begin(struct guard *guard)
{
    guard->mark_us = cpu_us();
    guard->spent = 0;
    if (guard->has_hook) { /* the item ended between the tick and the next instruction */
        lua_sethook(guard->running, NULL, 0, 0);
        guard->has_hook = 0;
    }
    guard->is_watching = 1;
}

int guard_pause(struct guard *guard)
{
    int was = guard->is_watching;

    guard->is_watching = 0;
    return was;
}

void guard_resume(struct guard *guard, int was_watching)
{
    guard->is_watching = was_watching;
}

struct lua_State *guard_enter(struct guard *guard, struct lua_State *running)
{
    lua_State *before = guard->running;

    guard->running = running;
    return before;
}
