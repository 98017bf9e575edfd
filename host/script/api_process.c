/* raw.process: other programs, for the project's own specs in the trusted interpreter. */
#include "base/clock.h"
#include "base/pipe.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/child.h"
#include "script/convert.h"

#define PROCESS "duban.process"
#define WAIT_MS 60000
#define WORDS_MAX 4000

struct box {
    struct child *child;
};

/* The texts of the list at index as a NULL-terminated array, pushed; the list keeps the texts
 * alive. */
static char **push_words(lua_State *L, int index)
{
    size_t count = lua_rawlen(L, index);
    char **words;

    luaL_argcheck(L, count <= WORDS_MAX, 1, "too many words");
    words = lua_newuserdatauv(L, (count + 1) * sizeof *words, 0);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "words must be texts");
        words[i] = (char *)(uintptr_t)lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    words[count] = NULL;
    return words;
}

/* env = { "NAME=value", … } replaces the environment; NULL when there is none. */
static char **push_env(lua_State *L)
{
    if (lua_getfield(L, 1, "env") == LUA_TNIL) {
        return NULL;
    }
    luaL_argcheck(L, lua_istable(L, -1), 1, "env must be a list");
    return push_words(L, lua_gettop(L));
}

/* start{ word…, env=, cwd=, input=, pipe= } */
static int l_start(lua_State *L)
{
    struct err err = {0};
    struct child_plan plan = {0};
    struct box *box;
    struct buf *input;
    size_t length = 0;
    const char *text;

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(L, lua_rawlen(L, 1) > 0, 1, "no command");
    plan.cwd = bind_option_text(L, 1, "cwd", NULL);
    (void)bind_option_text(L, 1, "input", NULL);
    lua_getfield(L, 1, "pipe");
    plan.has_pipe = lua_toboolean(L, -1);
    plan.argv = push_words(L, 1);
    plan.env = push_env(L);
    input = bind_bytes(L, CHILD_OUTPUT_MAX);
    lua_getfield(L, 1, "input");
    text = lua_tolstring(L, -1, &length);
    buf_add(input, text ? text : "", length);
    plan.input = input;
    box = bind_box(L, sizeof *box, PROCESS);
    return child_start(&plan, &box->child, &err) ? 1 : bind_fail(L, &err);
}

static struct box *running(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, PROCESS);

    luaL_argcheck(L, box->child, 1, "the process is closed");
    return box;
}

/* wait(process, ms) gives { code, signal, out, err }; nil, text, "timeout" when it still runs. */
static int l_wait(lua_State *L)
{
    struct err err = {0};
    struct box *box = running(L);
    lua_Integer ms = luaL_optinteger(L, 2, WAIT_MS);
    int signal_number;
    int code;

    if (!child_wait(box->child, clock_steady() + ms, &err)) {
        return bind_fail(L, &err);
    }
    code = child_code(box->child, &signal_number);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, code);
    lua_setfield(L, -2, "code");
    lua_pushinteger(L, signal_number);
    lua_setfield(L, -2, "signal");
    lua_pushlstring(L, buf_text(child_out(box->child)), child_out(box->child)->length);
    lua_setfield(L, -2, "out");
    lua_pushlstring(L, buf_text(child_errors(box->child)), child_errors(box->child)->length);
    lua_setfield(L, -2, "err");
    return 1;
}

/* run{ … } is start and wait(timeout_ms); what runs longer is killed. */
static int l_run(lua_State *L)
{
    lua_Integer ms;
    struct box *box;

    luaL_checktype(L, 1, LUA_TTABLE);
    ms = bind_option_int(L, 1, "timeout_ms", WAIT_MS);
    lua_pushcfunction(L, l_start);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    if (lua_isnil(L, -3)) {
        return 3;
    }
    lua_pop(L, 2); /* … process */
    lua_pushcfunction(L, l_wait);
    lua_pushvalue(L, -2);
    lua_pushinteger(L, ms);
    lua_call(L, 2, 3); /* process result text kind */
    box = lua_touserdata(L, -4);
    child_free(box->child);
    box->child = NULL;
    return 3;
}

static int l_kill(lua_State *L)
{
    struct box *box = running(L);

    child_signal(box->child, (int)luaL_optinteger(L, 2, 9));
    return 0;
}

static int l_pid(lua_State *L)
{
    lua_pushinteger(L, child_pid(running(L)->child));
    return 1;
}

/* The output so far, of a process that still runs. */
static int l_output(lua_State *L)
{
    struct err err = {0};
    struct box *box = running(L);

    if (!child_wait(box->child, clock_steady() + 1, &err) && err.kind != ERR_TIMEOUT) {
        return bind_fail(L, &err);
    }
    lua_pushlstring(L, buf_text(child_out(box->child)), child_out(box->child)->length);
    lua_pushlstring(L, buf_text(child_errors(box->child)), child_errors(box->child)->length);
    return 2;
}

static int pipe_of(lua_State *L, const struct box *box)
{
    int fd = child_pipe(box->child);

    luaL_argcheck(L, fd >= 0, 1, "the process was started without a pipe, or was hung up on");
    return fd;
}

/* send(process, value): one frame to its descriptor 3. */
static int l_send(lua_State *L)
{
    struct err err = {0};
    struct box *box = running(L);
    int fd = pipe_of(L, box);
    struct buf *bytes = bind_bytes(L, PIPE_FRAME_MAX);

    luaL_checkany(L, 2);
    if (!convert_encode(L, 2, bytes, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    return bind_done(
        L, pipe_send(fd, buf_text(bytes), bytes->length, clock_steady() + WAIT_MS, &err), &err);
}

/* receive(process, ms): the value of the next frame; nil, text, "timeout" when none came. */
static int l_receive(lua_State *L)
{
    struct err err = {0};
    struct box *box = running(L);
    lua_Integer ms = luaL_optinteger(L, 2, WAIT_MS);
    int fd = pipe_of(L, box);
    struct buf *bytes = bind_bytes(L, PIPE_FRAME_MAX);

    if (!pipe_receive(fd, bytes, PIPE_FRAME_MAX, clock_steady() + ms, &err) ||
        !convert_decode(L, buf_text(bytes), bytes->length, &err)) {
        return bind_fail(L, &err);
    }
    return 1;
}

/* hang_up(process) closes our end of the pipe. */
static int l_hang_up(lua_State *L)
{
    child_hang_up(running(L)->child);
    return 0;
}

static int l_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, PROCESS);

    child_free(box->child);
    box->child = NULL;
    return 0;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"close", l_close}, {"hang_up", l_hang_up}, {"kill", l_kill}, {"output", l_output},
    {"pid", l_pid},     {"receive", l_receive}, {"run", l_run},   {"send", l_send},
    {"start", l_start}, {"wait", l_wait},       {NULL, NULL}};

static void prepare(lua_State *L)
{
    bind_type(L, PROCESS, NULL, l_close);
}

const struct api_module API_PROCESS = {"raw.process", FUNCTIONS, API_TRUSTED, prepare};
