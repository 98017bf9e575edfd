/* raw.outbox: the queue's steps one by one, with clocks that a spec gives, so that it can be
   compared with a history thought out beforehand. In test builds only. */
#include "script/api.h"

#ifdef DUBAN_TEST

#include "casework/channels.h"
#include "casework/outbox.h"
#include "casework/outbox_claim.h"
#include "casework/retry.h"
#include "script/bind.h"
#include "store/store.h"

#define OUTBOX "duban.outbox"
#define CHANNEL "duban.channel"
#define LIST_MAX 256

struct box {
    struct store *store;
};

/* ---- rules ---- */

static enum sent_kind kind_at(lua_State *L, int index)
{
    enum sent_kind kind = SENT_UNKNOWN;

    luaL_argcheck(L, sent_named(bind_option_text(L, index, "outcome", "accepted"), &kind), index,
                  "no such outcome");
    return kind;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_int(lua_State *L, const char *name, int64_t number)
{
    lua_pushinteger(L, number);
    lua_setfield(L, -2, name);
}

static void push_next(lua_State *L, const struct retry_next *next)
{
    static const char *const FATES[] = {"sent", "later", "ask", "dead"};
    static const char *const CIRCUITS[] = {"same", "works", "fails"};

    lua_createtable(L, 0, 6);
    set_text(L, "fate", FATES[next->fate]);
    set_int(L, "delay", next->delay_ms);
    set_int(L, "pause", next->pause_ms);
    set_text(L, "circuit", CIRCUITS[next->circuit]);
    set_text(L, "why", next->why);
    lua_pushboolean(L, next->counts);
    lua_setfield(L, -2, "counts");
}

static bool flag(lua_State *L, int index, const char *name)
{
    bool is_set;

    lua_getfield(L, index, name);
    is_set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_set;
}

/* decide{ outcome=, after=, pause=, key=, attempt=, attempts=, unknowns=, was_refresh=, has_key=,
   holds=, left= } */
static int l_decide(lua_State *L)
{
    struct retry_next next;
    struct retry_past past;

    luaL_checktype(L, 1, LUA_TTABLE);
    past = (struct retry_past){.outcome = kind_at(L, 1),
                               .after_ms = bind_option_int(L, 1, "after", 0),
                               .pause_ms = bind_option_int(L, 1, "pause", 60000),
                               .key = bind_option_text(L, 1, "key", "k"),
                               .attempt = bind_option_int(L, 1, "attempt", 1),
                               .attempts = bind_option_int(L, 1, "attempts", 0),
                               .unknowns = bind_option_int(L, 1, "unknowns", 0),
                               .was_refresh = flag(L, 1, "was_refresh"),
                               .has_key = flag(L, 1, "has_key"),
                               .holds = flag(L, 1, "holds"),
                               .left_ms = bind_option_int(L, 1, "left", RETRY_FOR_EVER)};
    retry_decide(&past, &next);
    push_next(L, &next);
    return 1;
}

/* delay(key, attempt, attempts) */
static int l_delay(lua_State *L)
{
    lua_pushinteger(
        L, retry_delay(luaL_checkstring(L, 1), luaL_checkinteger(L, 2), luaL_checkinteger(L, 3)));
    return 1;
}

/* ---- the queue ---- */

static struct store *store_of(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, OUTBOX);

    luaL_argcheck(L, box->store, 1, "the queue is closed");
    return box->store;
}

static int l_open(lua_State *L)
{
    struct err err = {0};
    const char *url = luaL_checkstring(L, 1);
    struct box *box = bind_box(L, sizeof *box, OUTBOX);

    return store_open(url, STORE_WRITE, &box->store, &err) ? 1 : bind_fail(L, &err);
}

static int l_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, OUTBOX);

    store_close(box->store);
    box->store = NULL;
    return 0;
}

static int l_begin(lua_State *L)
{
    struct err err = {0};

    return bind_done(L, store_begin(store_of(L), &err), &err);
}

static int l_commit(lua_State *L)
{
    struct err err = {0};

    return bind_done(L, store_commit(store_of(L), &err), &err);
}

static int l_rollback(lua_State *L)
{
    store_rollback(store_of(L));
    return 0;
}

static struct outbox_clocks clocks_at(lua_State *L, int index)
{
    return (struct outbox_clocks){.boot = bind_option_int(L, index, "boot", 0),
                                  .site = bind_option_int(L, index, "site", 0),
                                  .wall = bind_option_int(L, index, "wall", 0)};
}

/* claim(queue, { channel=, boot=, site=, wall=, lease_until=, limit=, is_bulk_held= }) gives a list
   of { id, attempt, again }. */
static int l_claim(lua_State *L)
{
    struct err err = {0};
    struct outbox_claim claims[LIST_MAX];
    size_t count = 0;
    struct store *store = store_of(L);
    struct outbox_turn turn;
    bool ok;

    luaL_checktype(L, 2, LUA_TTABLE);
    turn = (struct outbox_turn){.channel = bind_option_text(L, 2, "channel", "work"),
                                .clocks = clocks_at(L, 2),
                                .lease_until = bind_option_int(L, 2, "lease_until", 0),
                                .limit = (size_t)bind_option_int(L, 2, "limit", LIST_MAX),
                                .is_bulk_held = flag(L, 2, "is_bulk_held")};
    luaL_argcheck(L, turn.limit <= LIST_MAX, 2, "too many");
    lua_createtable(L, LIST_MAX, 0);
    luaL_checkstack(L, 4, NULL);
    ok = outbox_claim(store, &turn, claims, &count, &err);
    outbox_claims_clear(claims, count);
    for (size_t i = 0; ok && i < count; i++) {
        lua_createtable(L, 0, 3);
        set_int(L, "id", claims[i].outbox_id);
        set_int(L, "attempt", claims[i].attempt);
        lua_pushboolean(L, claims[i].is_again);
        lua_setfield(L, -2, "again");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return ok ? 1 : bind_fail(L, &err);
}

/* record(queue, { id=, attempt=, outcome=, after=, boot=, site=, wall=, has_key=, holds= }) gives
   what decide gives, and is_late. */
static int l_record(lua_State *L)
{
    struct err err = {0};
    struct store *store = store_of(L);
    struct outbox_ways ways;
    struct outbox_result result;
    struct outbox_clocks clocks;
    struct retry_next next;
    bool is_late = false;

    luaL_checktype(L, 2, LUA_TTABLE);
    ways = (struct outbox_ways){
        .has_key = flag(L, 2, "has_key"), .holds = flag(L, 2, "holds"), .pause_ms = 60000};
    result = (struct outbox_result){.outbox_id = bind_option_int(L, 2, "id", 0),
                                    .attempt = bind_option_int(L, 2, "attempt", 0),
                                    .outcome = kind_at(L, 2),
                                    .after_ms = bind_option_int(L, 2, "after", 0),
                                    .micros = bind_option_int(L, 2, "micros", 1000),
                                    .code = bind_option_text(L, 2, "code", ""),
                                    .text = bind_option_text(L, 2, "text", ""),
                                    .hint = bind_option_text(L, 2, "hint", "")};
    clocks = clocks_at(L, 2);
    if (!outbox_record(store, &ways, &clocks, &result, &next, &is_late, &err)) {
        return bind_fail(L, &err);
    }
    push_next(L, &next);
    lua_pushboolean(L, is_late);
    lua_setfield(L, -2, "is_late");
    return 1;
}

/* lapsed(queue, boot) gives a list of { id, attempt, channel }. */
static int l_lapsed(lua_State *L)
{
    struct err err = {0};
    struct outbox_lapse list[LIST_MAX];
    size_t count = 0;

    if (!outbox_lapsed(store_of(L), luaL_checkinteger(L, 2), list, LIST_MAX, &count, &err)) {
        return bind_fail(L, &err);
    }
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 3);
        set_int(L, "id", list[i].outbox_id);
        set_int(L, "attempt", list[i].attempt);
        set_text(L, "channel", list[i].channel);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int push_count(lua_State *L, bool ok, int64_t count, const struct err *err)
{
    if (!ok) {
        return bind_fail(L, err);
    }
    lua_pushinteger(L, count);
    return 1;
}

/* expire(queue, site, limit), scatter(queue, channel, boot, from, span): how many. */
static int l_expire(lua_State *L)
{
    struct err err = {0};
    int64_t count = 0;
    bool ok = outbox_expire(store_of(L), luaL_checkinteger(L, 2),
                            (size_t)luaL_optinteger(L, 3, LIST_MAX), &count, &err);

    return push_count(L, ok, count, &err);
}

static int l_scatter(lua_State *L)
{
    struct err err = {0};
    int64_t count = 0;
    bool ok =
        outbox_scatter(store_of(L), luaL_checkstring(L, 2), luaL_checkinteger(L, 3),
                       luaL_checkinteger(L, 4), luaL_checkinteger(L, 5), LIST_MAX, &count, &err);

    return push_count(L, ok, count, &err);
}

/* unsent(queue, id, attempt), replay(queue, id, site), forget_boot(queue) */
static int l_unsent(lua_State *L)
{
    struct err err = {0};

    return bind_done(
        L, outbox_return(store_of(L), luaL_checkinteger(L, 2), luaL_checkinteger(L, 3), &err),
        &err);
}

static int l_replay(lua_State *L)
{
    struct err err = {0};

    return bind_done(
        L, outbox_replay(store_of(L), luaL_checkinteger(L, 2), luaL_checkinteger(L, 3), &err),
        &err);
}

static int l_forget_boot(lua_State *L)
{
    struct err err = {0};

    return bind_done(L, outbox_forget_boot(store_of(L), &err), &err);
}

/* cost(queue): the steps and scanned rows since it was asked last. */
static int l_cost(lua_State *L)
{
    struct store_cost cost;

    store_cost(store_of(L), &cost);
    lua_createtable(L, 0, 2);
    set_int(L, "vm_steps", cost.vm_steps);
    set_int(L, "full_scan_steps", cost.full_scan_steps);
    return 1;
}

/* ---- a channel ---- */

struct bearing {
    struct channel one;
    struct channels all;
};

static struct channels *channels_of(lua_State *L)
{
    struct bearing *bearing = luaL_checkudata(L, 1, CHANNEL);

    bearing->all = (struct channels){.list = &bearing->one, .count = 1};
    return &bearing->all;
}

/* channel(kind, full): with so many thousandths in its bucket */
static int l_channel(lua_State *L)
{
    const struct adapter *adapter = adapter_find(luaL_checkstring(L, 1));
    lua_Integer full = luaL_checkinteger(L, 2);
    struct bearing *bearing;

    luaL_argcheck(L, adapter, 1, "no such kind");
    bearing = bind_box(L, sizeof *bearing, CHANNEL);
    bearing->one = (struct channel){.adapter = adapter, .tokens = full};
    return 1;
}

/* allows(channel, boot, want) gives how many, and when to ask again */
static int l_allows(lua_State *L)
{
    int64_t again_at = 0;

    lua_pushinteger(L, channel_allows(channels_of(L), 0, luaL_checkinteger(L, 2),
                                      luaL_checkinteger(L, 3), &again_at));
    lua_pushinteger(L, again_at);
    return 2;
}

static int l_take(lua_State *L)
{
    channel_take(channels_of(L), 0, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
    return 0;
}

/* learn(channel, boot, { outcome=, … }) gives whether the circuit opened */
static int l_learn(lua_State *L)
{
    struct retry_next next;
    struct retry_past past = {.pause_ms = 60000, .key = "k", .left_ms = RETRY_FOR_EVER};
    bool has_opened = false;

    luaL_checktype(L, 3, LUA_TTABLE);
    past.outcome = kind_at(L, 3);
    past.after_ms = bind_option_int(L, 3, "after", 0);
    retry_decide(&past, &next);
    channel_learn(channels_of(L), 0, luaL_checkinteger(L, 2), &next, &has_opened);
    lua_pushboolean(L, has_opened);
    return 1;
}

static int l_is_rush(lua_State *L)
{
    int64_t until = 0;

    lua_pushboolean(L, channel_is_rush(luaL_checkinteger(L, 1), &until));
    lua_pushinteger(L, until);
    return 2;
}

static const struct luaL_Reg FUNCTIONS[] = {{"allows", l_allows},
                                            {"begin", l_begin},
                                            {"channel", l_channel},
                                            {"claim", l_claim},
                                            {"close", l_close},
                                            {"commit", l_commit},
                                            {"cost", l_cost},
                                            {"decide", l_decide},
                                            {"delay", l_delay},
                                            {"expire", l_expire},
                                            {"forget_boot", l_forget_boot},
                                            {"is_rush", l_is_rush},
                                            {"lapsed", l_lapsed},
                                            {"learn", l_learn},
                                            {"open", l_open},
                                            {"record", l_record},
                                            {"replay", l_replay},
                                            {"rollback", l_rollback},
                                            {"scatter", l_scatter},
                                            {"take", l_take},
                                            {"unsent", l_unsent},
                                            {NULL, NULL}};

static int l_leave(lua_State *L)
{
    (void)L;
    return 0;
}

static void prepare(lua_State *L)
{
    bind_type(L, OUTBOX, NULL, l_close);
    bind_type(L, CHANNEL, NULL, l_leave);
}

const struct api_module API_OUTBOX = {"raw.outbox", FUNCTIONS, API_TRUSTED, prepare};

#endif
