/* A channel that a script of the office describes: the script gets the message and says what to
   send as a tree, then gets the answer and says what it means. Here are the request that comes out
   of the tree, and the verdict that comes out of the script. */
#include "net/adapter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/address.h"
#include "net/body.h"
#include "net/tree.h"

#define HEADERS_MAX 32
#define FIELD_ROOM 8192
#define DAY_MS INT64_C(86400000)

static bool refuse(struct err *err, const char *zh, const char *en)
{
    err_set(err, ERR_INVALID, "%s", SAY(zh, en));
    return false;
}

/* A token of HTTP, and none that the library or the courier writes itself. */
static bool is_header_name(const char *name)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char *const OURS[] = {
        "Host",   "Content-Length", "Transfer-Encoding",   "Connection",
        "Expect", "Upgrade",        "Proxy-Authorization", "TE",
        "Trailer"};

    for (size_t i = 0; i < COUNT_OF(OURS); i++) {
        if (strcasecmp(name, OURS[i]) == 0) {
            return false;
        }
    }
    return *name && strlen(name) <= 64 && strspn(name, LETTERS) == strlen(name);
}

/* One line without control characters; a NUL would end it early. */
static bool is_whole_line(const struct buf *text)
{
    return strlen(buf_text(text)) == text->length && request_is_line(buf_text(text));
}

static void wipe(struct buf *text)
{
    if (text->bytes) {
        explicit_bzero(text->bytes, text->room);
    }
    buf_clear(text);
}

static bool add_header(const char *name, const struct value *node, const struct value *secrets,
                       int64_t now_ms, struct request *out, struct err *err)
{
    struct buf text;
    bool is_good;

    if (!is_header_name(name)) {
        return refuse(err, "请求头的名字有误，或不由脚本来写",
                      "a header's name is wrong, or not for a script to write");
    }
    buf_init(&text, FIELD_ROOM);
    is_good = tree_evaluate(node, secrets, now_ms, &text, err);
    if (is_good && (text.is_over || !is_whole_line(&text))) {
        is_good = refuse(err, "请求头的值应是一行、不超过 8 KB",
                         "a header's value is one line of at most 8 KB");
    }
    if (is_good) {
        request_header(out, name, buf_text(&text));
    }
    wipe(&text);
    return is_good;
}

static bool add_headers(const struct value *headers, const struct value *secrets, int64_t now_ms,
                        struct request *out, struct err *err)
{
    bool is_empty = value_kind(headers) == VALUE_LIST && !value_count(headers); /* Lua's {} */

    if (!headers || is_empty) {
        return true;
    }
    if (value_kind(headers) != VALUE_MAP || value_count(headers) > HEADERS_MAX) {
        return refuse(err, "headers 应是不多于 32 项的表", "headers are a table of at most 32");
    }
    for (size_t i = 0; i < value_count(headers); i++) {
        if (!add_header(value_key_at(headers, i), value_at(headers, i), secrets, now_ms, out,
                        err)) {
            return false;
        }
    }
    return true;
}

static const char *method_of(const struct value *tree)
{
    static const char *const METHODS[] = {"GET", "POST", "PUT"};
    const char *method = value_get_text(tree, "method");

    for (size_t i = 0; method && i < COUNT_OF(METHODS); i++) {
        if (strcmp(method, METHODS[i]) == 0) {
            return METHODS[i];
        }
    }
    return NULL;
}

bool tree_request(const struct value *tree, const struct value *secrets, int64_t now_ms,
                  struct request *out, struct err *err)
{
    const struct value *headers = value_get(tree, "headers");
    const struct value *body = value_get(tree, "body");
    const char *method = method_of(tree);
    size_t known = 2 + (size_t)(headers != NULL) + (size_t)(body != NULL);

    if (!method || !value_get(tree, "url") || value_count(tree) != known) {
        return refuse(err, "请求应是 { method = \"GET\"、\"POST\" 或 \"PUT\", url, headers, body }",
                      "a request is { method = \"GET\", \"POST\" or \"PUT\", url, headers, body }");
    }
    out->method = method;
    if (!tree_evaluate(value_get(tree, "url"), secrets, now_ms, &out->url, err)) {
        return false;
    }
    if (!is_whole_line(&out->url) || !request_is_url(buf_text(&out->url))) {
        return refuse(err, "url 应是 http 或 https 地址，中文与空格要先 urlencode",
                      "url is an address of http or https; urlencode what is not plain");
    }
    return add_headers(headers, secrets, now_ms, out, err) &&
           (!body || tree_evaluate(body, secrets, now_ms, &out->body, err)) &&
           request_is_whole(out, err);
}

/* ---- the script's verdict ------------------------------------------------------------------- */

static const struct {
    const char *zh;
    const char *en;
} HINTS[] = {
    [SENT_ACCEPTED] = {NULL, NULL},
    [SENT_THROTTLED] = {"网关要求放慢，渠道已暂停，稍后自动继续",
                        "the gateway asks for less: the channel pauses and goes on by itself"},
    [SENT_TRANSIENT] = {"网关暂时失败，会自动重试",
                        "the gateway failed for now; it is tried again"},
    [SENT_AUTH_REFRESH] = {"网关的登录失效，会重新登录后再发",
                           "the gateway's login ended; it is renewed, then it is tried again"},
    [SENT_BAD_CONTENT] =
        {"网关拒收这条内容：看应答原文，修改模板或收件人后重放",
         "the gateway refuses this: read its answer, change template or recipient, "
         "then replay"},
    [SENT_BAD_CHANNEL] = {"网关拒绝本渠道：核对脚本、密钥与对方的登记",
                          "the gateway refuses this channel: check the script, the secrets and how "
                          "it is registered there"},
    [SENT_UNKNOWN] =
        {"请求已发出但没有读到结论：先到对方核实是否收到，再决定是否重发",
         "the request went out and no verdict came back: ask whether it arrived before "
         "it is sent again"},
};

static bool is_text_or_absent(const struct value *value)
{
    return !value || (value_text(value) && text_is_utf8(value_text(value), value_length(value)));
}

bool tree_verdict(const struct value *answer, struct sent *out, struct err *err)
{
    static const char *const TEXTS[] = {"code", "text", "ref"};
    const struct value *after = value_get(answer, "after");
    const char *text = value_get_text(answer, "text");
    size_t known = 1 + (size_t)(after != NULL);
    int64_t ms = value_int(after, 0);
    enum sent_kind kind;

    if (!sent_named(value_get_text(answer, "outcome"), &kind)) {
        return refuse(err,
                      "渠道脚本没有给出 outcome（accepted、throttled、transient、auth_refresh、"
                      "bad_content、bad_channel、unknown）",
                      "the channel's script gave no outcome (accepted, throttled, transient, "
                      "auth_refresh, bad_content, bad_channel, unknown)");
    }
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        known += value_get(answer, TEXTS[i]) != NULL;
        if (!is_text_or_absent(value_get(answer, TEXTS[i]))) {
            return refuse(err, "渠道脚本的 code、text、ref 应是文本",
                          "the script's code, text and ref are texts");
        }
    }
    if (value_count(answer) != known || (after && (value_kind(after) != VALUE_INT || ms < 0))) {
        return refuse(err, "渠道脚本应返回 { outcome, code, text, ref, after = 毫秒 }",
                      "the script returns { outcome, code, text, ref, after = milliseconds }");
    }
    *out = (struct sent){.kind = kind, .after_ms = ms > DAY_MS ? DAY_MS : ms};
    out->hint_zh = HINTS[kind].zh;
    out->hint_en = HINTS[kind].en;
    sent_say(out, value_get_text(answer, "code"), text, text ? strlen(text) : 0);
    sent_note(out, value_get_text(answer, "ref"));
    return true;
}

/* ---- where it may go ---- */

struct place {
    char host[256];
    int64_t port;
};

/* Host and port of a URL that request_is_url holds for one. */
static bool place_of(const char *url, struct place *out)
{
    bool is_tls = strncmp(url, "https://", 8) == 0;
    const char *at = url + (is_tls ? 8 : 7);
    size_t length = *at == '[' ? strcspn(at, "]/?#") + 1 : strcspn(at, ":/?#");
    char *end = NULL;

    if (length == 0 || length >= sizeof out->host || strcspn(at, "/?#") < length) {
        return false;
    }
    (void)memcpy(out->host, at, length);
    out->host[length] = '\0';
    out->port = is_tls ? 443 : 80;
    at += length;
    if (*at == ':') {
        out->port = strtol(at + 1, &end, 10);
        at = end;
    }
    return out->port > 0 && out->port <= 65535 && (!*at || strchr("/?#", *at));
}

/* A script chooses its address, but only among those the administrator wrote down: that of url, or
   one that allow names. */
static bool check_place(const struct value *conf, const char *url, struct err *err)
{
    const char *own = value_get_text(conf, "url");
    struct address_list *allow = NULL;
    struct place place;
    struct place known;
    bool is_good = false;

    if (!place_of(url, &place)) {
        return refuse(err, "url 的主机写法有误", "the host of url is none");
    }
    if (own && request_is_url(own) && place_of(own, &known) && known.port == place.port &&
        strcasecmp(known.host, place.host) == 0) {
        return true;
    }
    if (!address_list_read(value_get(conf, "allow"), &allow, err)) {
        return false;
    }
    is_good = address_is_listed(allow, place.host, place.port);
    address_list_free(allow);
    if (!is_good) {
        err_set(err, ERR_DENIED,
                SAY("脚本要连接 %s，渠道的 url 与 allow 都没有写它",
                    "the script wants %s, which neither url nor allow of the channel names"),
                place.host);
    }
    return is_good;
}

/* ---- the row -------------------------------------------------------------------------------- */

/* What the script is given. */
static bool render(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err)
{
    (void)conf;
    (void)is_again;
    (void)err;
    body_pretty(message, body);
    return true;
}

static bool request(const struct signing *signing, const struct buf *body, struct request *out,
                    struct err *err)
{
    (void)body;
    if (!signing->tree) {
        return refuse(err, "渠道脚本还没有给出请求", "the channel's script gave no request yet");
    }
    return tree_request(signing->tree, signing->secrets, signing->now_ms, out, err) &&
           check_place(signing->conf, buf_text(&out->url), err);
}

/* An answer that came is for the script to judge; here it only counts as not judged. */
static void judge(const struct reply *reply, struct sent *out)
{
    if (!sent_by_failure(reply, out)) {
        sent_set_unknown(out);
    }
}

static const char *const SECRETS[] = {NULL};
static const struct channel_key KEYS[] = {
    {"script", KEY_TEXT, true},   {"url", KEY_URL, false},     {"secrets", KEY_SECRETS, false},
    {"address", KEY_TEXT, false}, {"options", KEY_MAP, false}, {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_LUA = {
    .kind = "lua",
    .address = "phone",
    .pause_ms = 60000,
    .secrets = SECRETS,
    .keys = KEYS,
    .render = render,
    .request = request,
    .judge = judge,
};
