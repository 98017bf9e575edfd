/* Any receiver that reads Standard Webhooks: a CloudEvents 1.0.2 body, signed with the key and,
   while it is being replaced, with the old one too. Only 2xx is yes. */
#include "net/adapter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/body.h"
#include "net/signature.h"

#define BODY_MAX 20000
#define MINUTE_MS INT64_C(60000)
#define HEADER_ROOM 1024

/* The message's own words travel in data, where only its body may be cut. */
static struct value *wrap(const struct draft *draft, const char *text)
{
    static const char TYPE[] = "duban.message.";
    const struct value *message = draft->message;
    const char *source = value_get_text(draft->conf, "source");
    struct value *tree = value_new_map();
    struct value *data = value_copy(message);
    char at[32];
    struct buf type;

    buf_init(&type, HEADER_ROOM);
    buf_add_text(&type, TYPE);
    buf_add_text(&type, value_get_text(message, "type") ? value_get_text(message, "type") : "");
    body_instant(value_get_int(message, "at", 0), at);
    if (value_get(message, "body")) {
        value_set_text(data, "body", text);
    }
    value_set_text(tree, "specversion", "1.0");
    value_set_text(tree, "id", value_get_text(message, "id"));
    value_set_text(tree, "source", source ? source : "/duban");
    value_set_text(tree, "type", buf_text(&type));
    value_set_text(tree, "subject", value_get_text(message, "number"));
    value_set_text(tree, "time", at);
    value_set_text(tree, "datacontenttype", "application/json");
    value_set(tree, "data", data);
    buf_clear(&type);
    return tree;
}

/* The key drops a repeat, so none is marked: the same bytes go out again. */
static bool render(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err)
{
    const char *text = value_get_text(message, "body");
    struct draft draft;
    bool is_good;

    (void)is_again;
    draft_init(&draft, &DIALECT_PLAIN, conf, message);
    draft.body_limit = BODY_MAX;
    draft.wrap = wrap;
    buf_add_text(&draft.head, text ? text : "");
    is_good = draft_write(&draft, body, err);
    draft_clear(&draft);
    return is_good;
}

/* webhook-signature: one for each key there is, separated by a blank. */
static bool add_signatures(const struct signing *signing, const char *id, const struct buf *body,
                           struct request *out, struct err *err)
{
    static const char *const NAMES[] = {"secret", "old_secret"};
    struct buf list;
    bool is_good = true;

    buf_init(&list, HEADER_ROOM);
    for (size_t i = 0; is_good && i < COUNT_OF(NAMES); i++) {
        const char *secret = value_get_text(signing->secrets, NAMES[i]);

        if (secret) {
            buf_add_text(&list, list.length ? " " : "");
            is_good = signature_webhook(secret, id, signing->now_ms / 1000, body, &list, err);
        }
    }
    if (is_good) {
        request_header(out, "webhook-signature", buf_text(&list));
    }
    buf_clear(&list);
    return is_good;
}

static bool request(const struct signing *signing, const struct buf *body, struct request *out,
                    struct err *err)
{
    const char *url = value_get_text(signing->conf, "url");
    const char *secret = value_get_text(signing->secrets, "secret");
    const char *key = signing->key ? signing->key : value_get_text(signing->message, "id");
    char id[BODY_KEY_SIZE];
    char at[24];

    if (!url || !secret) {
        err_set(err, ERR_MISSING, "%s", SAY("缺少 url 或 secret", "url or secret is missing"));
        return false;
    }
    body_key(key ? key : "", id);
    snprintf(at, sizeof at, "%" PRId64, signing->now_ms / 1000);
    buf_add_text(&out->url, url);
    request_header(out, "Content-Type", "application/cloudevents+json; charset=utf-8");
    request_header(out, "webhook-id", id);
    request_header(out, "webhook-timestamp", at);
    if (value_get_bool(signing->conf, "hub")) {
        struct buf sign;

        buf_init(&sign, HEADER_ROOM);
        signature_hub(secret, body, &sign);
        request_header(out, "X-Hub-Signature-256", buf_text(&sign));
        buf_clear(&sign);
    }
    buf_add(&out->body, buf_text(body), body->length);
    return add_signatures(signing, id, body, out, err);
}

static const struct status_row ROWS[] = {
    {200, 299, SENT_ACCEPTED, 0, NULL, NULL},
    {300, 399, SENT_BAD_CHANNEL, 0, "对方要求跳转，本程序不跟随：把 url 改成最终地址",
     "the answer is a redirect, which is not followed: put the final address into url"},
    {401, 401, SENT_BAD_CHANNEL, 0, "对方不认可签名：核对该渠道的 secret，并校准本机时钟",
     "not authorised: check the channel's secret and this machine's clock"},
    {403, 403, SENT_BAD_CHANNEL, 0, "被拒绝访问：请对方放行本机，并核对 secret",
     "forbidden: ask the receiver to let this machine in, and check the secret"},
    {404, 405, SENT_BAD_CHANNEL, 0, "地址不对：检查该渠道的 url", "wrong address: check url"},
    {407, 407, SENT_BAD_CHANNEL, 0, "代理要求认证：检查该渠道的 proxy",
     "the proxy asks for authentication: check proxy"},
    {408, 408, SENT_TRANSIENT, 0, "对方没等到完整请求，会自动重试",
     "the request took too long; it is tried again"},
    {410, 410, SENT_BAD_CHANNEL, 0, "对方已停用该地址：向对方索取新地址，或删去该渠道",
     "the endpoint is gone for good: ask for a new one, or remove the channel"},
    {415, 415, SENT_BAD_CHANNEL, 0,
     "对方不认 application/cloudevents+json：请对方支持，或改用 Lua 渠道",
     "the receiver does not take application/cloudevents+json: have it do so, or use a Lua "
     "channel"},
    {425, 425, SENT_TRANSIENT, 0, "对方要求稍后再发，会自动重试", "too early; it is tried again"},
    {429, 429, SENT_THROTTLED, MINUTE_MS, "发送过快，渠道已暂停，稍后自动继续",
     "too many requests: the channel pauses and goes on by itself"},
    {400, 499, SENT_BAD_CONTENT, 0, "对方拒收这条内容：看应答原文，修改模板后重发",
     "the receiver refuses this content: read its answer, change the template, then replay"},
    {502, 502, SENT_THROTTLED, MINUTE_MS, "对方网关后面没有应答，渠道已暂停，稍后自动继续",
     "the gateway had no answer: the channel pauses and goes on by itself"},
    {504, 504, SENT_THROTTLED, MINUTE_MS, "对方网关等待超时，渠道已暂停，稍后自动继续",
     "the gateway waited in vain: the channel pauses and goes on by itself"},
    {500, 599, SENT_TRANSIENT, 0, "对方出错，会自动重试", "the receiver failed; it is tried again"},
};

static void judge(const struct reply *reply, struct sent *out)
{
    char code[24];

    if (sent_by_failure(reply, out)) {
        return;
    }
    snprintf(code, sizeof code, "%" PRId64, reply->status);
    sent_say(out, code, reply->body ? reply->body : "", reply->body ? reply->length : 0);
    if (!sent_by_status(ROWS, COUNT_OF(ROWS), reply, out)) {
        sent_set_unknown(out);
    }
}

static const struct verdicts VERDICTS = {NULL, 0, ROWS, COUNT_OF(ROWS)};
static const char *const SECRETS[] = {"secret", "old_secret", NULL};
static const struct channel_key KEYS[] = {
    {"url", KEY_URL, true},      {"secret", KEY_SECRET, true}, {"old_secret", KEY_SECRET, false},
    {"source", KEY_TEXT, false}, {"hub", KEY_BOOL, false},     {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_WEBHOOK = {
    .kind = "webhook",
    .has_key = true,
    .body_limit = BODY_MAX,
    .pause_ms = MINUTE_MS,
    .secrets = SECRETS,
    .keys = KEYS,
    .render = render,
    .request = request,
    .judge = judge,
    .verdicts = &VERDICTS,
};
