/* raw.net: what would go over the network, and what came back means, without a network. For specs,
   and for whoever wants to see a message as a platform would get it. */
#include "net/adapter.h"

#include <string.h>

#include "base/codec.h"
#include "base/pipe.h"
#include "net/body.h"
#include "net/message.h"
#include "net/signature.h"
#include "net/tree.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/convert.h"

static void free_value(void *value)
{
    value_free(value);
}

static void free_request(void *request)
{
    request_free(request);
}

/* The argument as a tree that the collector frees; pushes its loan. Nil and absent are NULL. */
static const struct value *take_value(lua_State *L, int index)
{
    struct err err = {0};
    struct loan *loan;
    struct buf *bytes;
    struct codec_in in;
    struct value *value;

    if (lua_isnoneornil(L, index)) {
        return NULL;
    }
    loan = bind_loan(L, free_value);
    bytes = bind_bytes(L, PIPE_FRAME_MAX);
    if (!convert_encode(L, index, bytes, &err)) {
        luaL_argerror(L, index, err.text);
    }
    codec_begin(&in, bytes->bytes, bytes->length);
    if (!codec_get_value(&in, &value)) {
        luaL_argerror(L, index, "not a value of plain data");
    } else {
        loan->thing = value;
    }
    bind_empty(bytes);
    return loan->thing;
}

static const struct adapter *take_adapter(lua_State *L)
{
    const struct adapter *adapter = adapter_find(luaL_checkstring(L, 1));

    luaL_argcheck(L, adapter, 1, "no such kind of channel");
    return adapter;
}

static int push_bytes(lua_State *L, struct buf *bytes)
{
    lua_pushlstring(L, buf_text(bytes), bytes->length);
    bind_empty(bytes);
    return 1;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    if (text) {
        lua_pushstring(L, text);
        lua_setfield(L, -2, name);
    }
}

static void set_int(lua_State *L, const char *name, int64_t number)
{
    lua_pushinteger(L, number);
    lua_setfield(L, -2, name);
}

static void set_bool(lua_State *L, const char *name, bool is_true)
{
    lua_pushboolean(L, is_true);
    lua_setfield(L, -2, name);
}

static void push_adapter(lua_State *L, const struct adapter *adapter)
{
    lua_createtable(L, 0, 10);
    set_text(L, "kind", adapter->kind);
    set_text(L, "address", adapter->address);
    set_bool(L, "is_group", adapter->is_group);
    set_bool(L, "has_key", adapter->has_key);
    set_bool(L, "needs_token", adapter->token_request != NULL);
    set_int(L, "body_limit", (int64_t)adapter->body_limit);
    set_int(L, "per_minute", adapter->per_minute);
    set_int(L, "per_second", adapter->per_second);
    set_int(L, "pause", adapter->pause_ms);
    lua_newtable(L);
    for (lua_Integer i = 0; adapter->secrets[i]; i++) {
        lua_pushstring(L, adapter->secrets[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "secrets");
}

static int l_adapters(lua_State *L)
{
    lua_newtable(L);
    for (size_t i = 0; adapter_at(i); i++) {
        push_adapter(L, adapter_at(i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- its tables, for whoever writes about them ---------------------------------------------- */

static void push_verdict(lua_State *L, enum sent_kind kind, int64_t after_ms, const char *zh,
                         const char *en)
{
    lua_createtable(L, 0, 7);
    set_text(L, "outcome", sent_name(kind));
    set_int(L, "after", after_ms);
    set_text(L, "hint_zh", zh);
    set_text(L, "hint", en);
}

static void push_verdicts(lua_State *L, const struct verdicts *verdicts)
{
    lua_Integer at = 0;

    lua_newtable(L);
    for (size_t i = 0; verdicts && i < verdicts->code_count; i++) {
        const struct code_row *row = &verdicts->codes[i];

        push_verdict(L, row->kind, row->after_ms, row->hint_zh, row->hint_en);
        set_text(L, "code", row->code);
        set_text(L, "words", row->words);
        lua_rawseti(L, -2, ++at);
    }
    for (size_t i = 0; verdicts && i < verdicts->status_count; i++) {
        const struct status_row *row = &verdicts->statuses[i];

        push_verdict(L, row->kind, row->after_ms, row->hint_zh, row->hint_en);
        set_int(L, "first", row->first);
        set_int(L, "last", row->last);
        lua_rawseti(L, -2, ++at);
    }
}

/* verdicts(kind): its table; without a kind what is the same for all */
static int l_verdicts(lua_State *L)
{
    push_verdicts(L, lua_isnoneornil(L, 1) ? &SENT_NETWORK : take_adapter(L)->verdicts);
    return 1;
}

/* keys(kind): its own keys of conf; without a kind those of any channel */
static int l_keys(lua_State *L)
{
    static const char *const FORMS[] = {
        [KEY_TEXT] = "text", [KEY_URL] = "url",         [KEY_INT] = "int",
        [KEY_BOOL] = "bool", [KEY_SECRET] = "secret",   [KEY_WORDS] = "words",
        [KEY_MAP] = "map",   [KEY_SECRETS] = "secrets",
    };
    const struct channel_key *key =
        lua_isnoneornil(L, 1) ? adapter_shared_keys() : take_adapter(L)->keys;

    lua_newtable(L);
    for (lua_Integer i = 1; key->name; key++, i++) {
        lua_createtable(L, 0, 3);
        set_text(L, "name", key->name);
        set_text(L, "form", FORMS[key->kind]);
        set_bool(L, "needed", key->is_needed);
        lua_rawseti(L, -2, i);
    }
    return 1;
}

/* check(message) */
static int l_check(lua_State *L)
{
    struct err err = {0};

    return bind_done(L, message_check(take_value(L, 1), &err), &err);
}

/* check_conf(kind, conf) */
static int l_check_conf(lua_State *L)
{
    struct err err = {0};
    const struct adapter *adapter = take_adapter(L);

    return bind_done(L, adapter_check(adapter, take_value(L, 2), &err), &err);
}

/* render(kind, conf, message, again) */
static int l_render(lua_State *L)
{
    struct err err = {0};
    const struct adapter *adapter = take_adapter(L);
    bool is_again = lua_toboolean(L, 4);
    const struct value *conf = take_value(L, 2);
    const struct value *message = take_value(L, 3);
    struct buf *body = bind_bytes(L, REQUEST_BODY_MAX);

    if (!net_render(adapter, conf, message, is_again, body, &err)) {
        return bind_fail(L, &err);
    }
    return push_bytes(L, body);
}

/* preview(kind, conf, message) */
static int l_preview(lua_State *L)
{
    struct err err = {0};
    const char *kind = luaL_checkstring(L, 1);
    const struct value *conf = take_value(L, 2);
    const struct value *message = take_value(L, 3);
    struct buf *out = bind_bytes(L, REQUEST_BODY_MAX);

    if (!net_preview(kind, conf, message, out, &err)) {
        return bind_fail(L, &err);
    }
    return push_bytes(L, out);
}

static void push_part(lua_State *L, const char *name, const struct buf *part)
{
    lua_pushlstring(L, buf_text(part), part->length);
    lua_setfield(L, -2, name);
}

static int push_request(lua_State *L, const struct request *request)
{
    lua_createtable(L, 0, 10);
    set_text(L, "method", request->method);
    push_part(L, "url", &request->url);
    push_part(L, "headers", &request->headers);
    push_part(L, "body", &request->body);
    if (request->is_mail) {
        set_bool(L, "needs_tls", request->needs_tls);
        push_part(L, "from", &request->from);
        push_part(L, "to", &request->to);
        push_part(L, "user", &request->user);
        push_part(L, "password", &request->password);
    }
    return 1;
}

static struct request *lend_request(lua_State *L)
{
    struct loan *loan = bind_loan(L, free_request);

    loan->thing = request_new();
    return loan->thing;
}

/* request(kind, conf, secrets, message, key, now, token, again) */
static int l_request(lua_State *L)
{
    struct err err = {0};
    const struct adapter *adapter = take_adapter(L);
    struct signing signing = {.key = luaL_optstring(L, 5, NULL),
                              .now_ms = luaL_checkinteger(L, 6),
                              .token = luaL_optstring(L, 7, NULL),
                              .is_again = lua_toboolean(L, 8)};
    struct request *request;

    lua_settop(L, 8);
    signing.conf = take_value(L, 2);
    signing.secrets = take_value(L, 3);
    signing.message = take_value(L, 4);
    request = lend_request(L);
    if (!net_request(adapter, &signing, request, &err)) {
        return bind_fail(L, &err);
    }
    return push_request(L, request);
}

/* token_request(kind, conf, secrets) */
static int l_token_request(lua_State *L)
{
    struct err err = {0};
    const struct adapter *adapter = take_adapter(L);
    struct signing signing = {0};
    struct request *request;

    luaL_argcheck(L, adapter->token_request, 1, "this kind needs no token");
    lua_settop(L, 3);
    signing.conf = take_value(L, 2);
    signing.secrets = take_value(L, 3);
    request = lend_request(L);
    if (!adapter->token_request(&signing, request, &err)) {
        return bind_fail(L, &err);
    }
    return push_request(L, request);
}

/* tree(tree, secrets, now) */
static int l_tree(lua_State *L)
{
    struct err err = {0};
    int64_t now_ms = luaL_checkinteger(L, 3);
    const struct value *tree = take_value(L, 1);
    const struct value *secrets = take_value(L, 2);
    struct request *request = lend_request(L);

    if (!tree_request(tree, secrets, now_ms, request, &err)) {
        return bind_fail(L, &err);
    }
    return push_request(L, request);
}

/* evaluate(node, secrets, now) */
static int l_evaluate(lua_State *L)
{
    struct err err = {0};
    int64_t now_ms = luaL_checkinteger(L, 3);
    const struct value *node = take_value(L, 1);
    const struct value *secrets = take_value(L, 2);
    struct buf *out = bind_bytes(L, REQUEST_BODY_MAX);

    if (!tree_evaluate(node, secrets, now_ms, out, &err)) {
        return bind_fail(L, &err);
    }
    return push_bytes(L, out);
}

/* ---- what came back ------------------------------------------------------------------------- */

static void clear_outcome(void *sent)
{
    sent_clear(sent);
}

/* Sent and its loan: the partial list inside is freed whatever happens to the push. */
static void push_sent(lua_State *L, struct sent *sent)
{
    lua_createtable(L, 0, 8);
    set_text(L, "outcome", sent_name(sent->kind));
    set_text(L, "code", sent->code);
    set_text(L, "text", sent->text);
    set_text(L, "ref", sent->ref);
    set_text(L, "hint", sent->hint_en);
    set_text(L, "hint_zh", sent->hint_zh);
    set_int(L, "after", sent->after_ms);
    if (sent->partial) {
        lua_newtable(L);
        for (size_t i = 0; i < value_count(sent->partial); i++) {
            lua_pushstring(L, value_text(value_at(sent->partial, i)));
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        lua_setfield(L, -2, "partial");
    }
}

/* { status, body, is_sent = true, retry_after = ms, failure, stage } */
static void take_reply(lua_State *L, int index, struct reply *reply)
{
    static const char *const STAGES[] = {"whole", "secret", "forbidden", "name", "connect",
                                         "tls",   "send",   "wait",      NULL};
    const char *failure;

    luaL_checktype(L, index, LUA_TTABLE);
    *reply = (struct reply){.status = bind_option_int(L, index, "status", 0),
                            .retry_after_ms = bind_option_int(L, index, "retry_after", 0)};
    reply->is_sent = lua_getfield(L, index, "is_sent") == LUA_TNIL || lua_toboolean(L, -1);
    lua_pop(L, 1);
    failure = bind_option_text(L, index, "failure", "");
    luaL_argcheck(L, strlen(failure) < sizeof reply->failure, index, "failure is too long");
    memcpy(reply->failure, failure, strlen(failure) + 1);
    (void)bind_option_text(L, index, "body", NULL);
    lua_getfield(L, index, "body");
    reply->body = lua_tolstring(L, -1, &reply->length); /* the table keeps it */
    lua_pop(L, 1);
    lua_getfield(L, index, "stage");
    reply->stage = (enum reply_stage)luaL_checkoption(L, -1, "whole", STAGES);
    lua_pop(L, 1);
}

static struct sent *lend_sent(lua_State *L, struct loan **loan)
{
    struct sent *sent = lua_newuserdatauv(L, sizeof *sent, 0);

    memset(sent, 0, sizeof *sent);
    *loan = bind_loan(L, clear_outcome);
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -2, 1); /* the loan keeps what it clears alive */
    (*loan)->thing = sent;
    return sent;
}

/* judge(kind, reply) */
static int l_judge(lua_State *L)
{
    const struct adapter *adapter = take_adapter(L);
    struct reply reply;
    struct loan *loan;
    struct sent *sent;

    take_reply(L, 2, &reply);
    sent = lend_sent(L, &loan);
    net_judge(adapter, &reply, sent);
    push_sent(L, sent);
    bind_return(loan);
    return 1;
}

/* token_judge(kind, reply) gives the token and its life, or nil and the outcome. */
static int l_token_judge(lua_State *L)
{
    const struct adapter *adapter = take_adapter(L);
    struct token token = {{0}, 0};
    struct reply reply;
    struct loan *loan;
    struct sent *sent;
    bool is_good;

    luaL_argcheck(L, adapter->token_judge, 1, "this kind needs no token");
    take_reply(L, 2, &reply);
    sent = lend_sent(L, &loan);
    is_good = adapter->token_judge(&reply, &token, sent);
    if (is_good) {
        lua_pushstring(L, token.text);
        lua_pushinteger(L, token.lives_ms);
    } else {
        lua_pushnil(L);
        push_sent(L, sent);
    }
    bind_return(loan);
    return 2;
}

/* verdict(answer): what a channel's script returned. */
static int l_verdict(lua_State *L)
{
    struct err err = {0};
    const struct value *answer = take_value(L, 1);
    struct sent sent = {0};

    if (!tree_verdict(answer, &sent, &err)) {
        return bind_fail(L, &err);
    }
    push_sent(L, &sent); /* a script's verdict owns nothing */
    return 1;
}

/* ---- small parts ---------------------------------------------------------------------------- */

/* sign(how, secret, at, id, body): the signature alone. */
static int l_sign(lua_State *L)
{
    static const char *const HOWS[] = {"dingtalk", "feishu", "webhook", "hub", NULL};
    int how = luaL_checkoption(L, 1, NULL, HOWS);
    const char *secret = luaL_checkstring(L, 2);
    lua_Integer at = luaL_optinteger(L, 3, 0);
    const char *id = luaL_optstring(L, 4, "");
    size_t length;
    const char *bytes = luaL_optlstring(L, 5, "", &length);
    struct buf *body = bind_bytes(L, REQUEST_BODY_MAX);
    struct buf *out = bind_bytes(L, REQUEST_BODY_MAX);
    struct err err = {0};

    buf_add(body, bytes, length);
    if (how == 0) {
        signature_dingtalk(secret, at, out);
    } else if (how == 1) {
        signature_feishu(secret, at, out);
    } else if (how == 3) {
        signature_hub(secret, body, out);
    } else if (!signature_webhook(secret, id, at, body, out, &err)) {
        return bind_fail(L, &err);
    }
    return push_bytes(L, out);
}

/* retry_after(header, now): ms, 0 when it cannot be read. */
static int l_retry_after(lua_State *L)
{
    lua_pushinteger(L, sent_retry_after(luaL_checkstring(L, 1), luaL_checkinteger(L, 2)));
    return 1;
}

/* cut(text, limit, has_link) */
static int l_cut(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer limit = luaL_checkinteger(L, 2);
    bool has_link = lua_toboolean(L, 3);
    struct buf *out = bind_bytes(L, REQUEST_BODY_MAX);

    luaL_argcheck(L, limit >= 0, 2, "a limit is not negative");
    body_cut(text, length, (size_t)limit, has_link, out);
    return push_bytes(L, out);
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"adapters", l_adapters},
    {"check", l_check},
    {"check_conf", l_check_conf},
    {"cut", l_cut},
    {"evaluate", l_evaluate},
    {"judge", l_judge},
    {"keys", l_keys},
    {"preview", l_preview},
    {"render", l_render},
    {"request", l_request},
    {"retry_after", l_retry_after},
    {"sign", l_sign},
    {"token_judge", l_token_judge},
    {"token_request", l_token_request},
    {"tree", l_tree},
    {"verdict", l_verdict},
    {"verdicts", l_verdicts},
    {NULL, NULL},
};

const struct api_module API_NET = {"raw.net", FUNCTIONS, API_TRUSTED, NULL};
