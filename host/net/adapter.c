/* The list of adapters, and what is the same for all of them: checking a channel's table, and the
   one way from a message to a body, to a request, and from an answer to an outcome. */
#include "net/adapter.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/nearest.h"
#include "base/text.h"
#include "net/body.h"
#include "net/message.h"

static const struct adapter *const ADAPTERS[] = {
    &ADAPTER_WECOM_BOT, &ADAPTER_WECOM_APP, &ADAPTER_DINGTALK, &ADAPTER_FEISHU,
    &ADAPTER_WEBHOOK,   &ADAPTER_MAIL,      &ADAPTER_SINK,     &ADAPTER_LUA,
};

/* What any channel's table may say; whoever routes and fetches reads these. */
static const struct channel_key COMMON[] = {
    {"kind", KEY_TEXT, true},    {"serves", KEY_MAP, false},      {"per_minute", KEY_INT, false},
    {"expires", KEY_INT, false}, {"unknown", KEY_TEXT, false},    {"at_once", KEY_INT, false},
    {"allow", KEY_WORDS, false}, {"ca", KEY_TEXT, false},         {"proxy", KEY_URL, false},
    {"cert", KEY_TEXT, false},   {"cert_key", KEY_SECRET, false}, {NULL, KEY_TEXT, false},
};

const struct adapter *adapter_at(size_t index)
{
    return index < COUNT_OF(ADAPTERS) ? ADAPTERS[index] : NULL;
}

const struct adapter *adapter_find(const char *kind)
{
    for (size_t i = 0; kind && i < COUNT_OF(ADAPTERS); i++) {
        if (strcmp(ADAPTERS[i]->kind, kind) == 0) {
            return ADAPTERS[i];
        }
    }
    return NULL;
}

const struct channel_key *adapter_shared_keys(void)
{
    return COMMON;
}

static const struct channel_key *find_key(const struct channel_key *keys, const char *name)
{
    for (; keys->name; keys++) {
        if (strcmp(keys->name, name) == 0) {
            return keys;
        }
    }
    return NULL;
}

static bool is_line(const struct value *value)
{
    const char *text = value_text(value);

    return text && *text && value_length(value) <= 1024 &&
           text_is_utf8(text, value_length(value)) && request_is_line(text);
}

bool adapter_is_reference(const char *text)
{
    static const char *const KINDS[] = {"file:", "env:", "credential:"};

    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        size_t length = strlen(KINDS[i]);

        if (strncmp(text, KINDS[i], length) == 0 && text[length]) {
            return true;
        }
    }
    return false;
}

static bool is_secret(const struct value *value)
{
    return is_line(value) && adapter_is_reference(value_text(value));
}

static bool is_all(const struct value *value, enum value_kind kind,
                   bool (*is_good)(const struct value *child))
{
    if (value_kind(value) == VALUE_LIST && !value_count(value)) {
        return true; /* Lua's {} is both */
    }
    if (value_kind(value) != kind) {
        return false;
    }
    for (size_t i = 0; i < value_count(value); i++) {
        if (!is_good(value_at(value, i))) {
            return false;
        }
    }
    return true;
}

static bool is_of_kind(const struct value *value, enum channel_key_kind kind)
{
    switch (kind) {
    case KEY_TEXT:
        return is_line(value);
    case KEY_URL:
        return is_line(value) && request_is_url(value_text(value));
    case KEY_INT:
        return value_kind(value) == VALUE_INT;
    case KEY_BOOL:
        return value_kind(value) == VALUE_BOOL;
    case KEY_SECRET:
        return is_secret(value);
    case KEY_WORDS:
        return is_line(value) || is_all(value, VALUE_LIST, is_line);
    case KEY_MAP:
        return value_kind(value) == VALUE_MAP || value_kind(value) == VALUE_LIST;
    case KEY_SECRETS:
        return is_all(value, VALUE_MAP, is_secret);
    }
    return false;
}

static const char *kind_said(enum channel_key_kind kind)
{
    switch (kind) {
    case KEY_TEXT:
        return SAY("应是一行文本", "is one line of text");
    case KEY_URL:
        return SAY("应是 http 或 https 地址", "is an address of http or https");
    case KEY_INT:
        return SAY("应是整数", "is an integer");
    case KEY_BOOL:
        return SAY("应是 true 或 false", "is true or false");
    case KEY_SECRET:
        return SAY("是密钥，只能写引用：\"file:/路径\"、\"env:名\" 或 \"credential:名\"",
                   "is a secret, of which only a reference may stand here: \"file:/PATH\", "
                   "\"env:NAME\" or \"credential:NAME\"");
    case KEY_WORDS:
        return SAY("应是文本或文本的列表", "is a text or a list of texts");
    case KEY_MAP:
        return SAY("应是一张表", "is a table");
    case KEY_SECRETS:
        return SAY("应是密钥引用的表：{ 名 = \"file:/路径\" }",
                   "is a table of references: { name = \"file:/PATH\" }");
    }
    return "";
}

static bool refuse_key(const struct adapter *adapter, const char *name, struct err *err)
{
    struct nearest nearest;
    char shown[48];

    nearest_begin(&nearest, name);
    for (const struct channel_key *key = adapter->keys; key->name; key++) {
        nearest_offer(&nearest, key->name);
    }
    for (const struct channel_key *key = COMMON; key->name; key++) {
        nearest_offer(&nearest, key->name);
    }
    snprintf(shown, sizeof shown, "%s", name);
    text_clean(shown, ' ', "");
    err_set(err, ERR_INVALID,
            SAY("%s 渠道没有“%s”这一项%s%s%s", "a %s channel has no \"%s\"%s%s%s"), adapter->kind,
            shown, nearest.best ? SAY("，是否指 ", "; did you mean ") : "",
            nearest.best ? nearest.best : "", nearest.best ? SAY("？", "?") : "");
    return false;
}

static bool check_needed(const struct channel_key *keys, const struct value *conf, struct err *err)
{
    for (; keys->name; keys++) {
        if (keys->is_needed && !value_get(conf, keys->name)) {
            err_set(err, ERR_INVALID, SAY("缺少 %s", "%s is missing"), keys->name);
            return false;
        }
    }
    return true;
}

/* The whole address of a robot holds its credential, which belongs into a secret. */
static bool check_url(const struct value *conf, struct err *err)
{
    static const char *const TRACES[] = {"key=", "access_token=", "bot/v2/hook/"};
    const char *url = value_get_text(conf, "url");

    for (size_t i = 0; url && i < COUNT_OF(TRACES); i++) {
        const char *at = strstr(url, TRACES[i]);

        if (at && at[strlen(TRACES[i])]) {
            err_set(err, ERR_INVALID,
                    SAY("url 里带着密钥：url 只写到“%s”之前，其余作为密钥引用",
                        "url holds a credential: let it end before \"%s\" and refer to the rest as "
                        "a secret"),
                    TRACES[i]);
            return false;
        }
    }
    return true;
}

bool adapter_check(const struct adapter *adapter, const struct value *conf, struct err *err)
{
    if (value_kind(conf) != VALUE_MAP) {
        err_set(err, ERR_INVALID, "%s", SAY("渠道应是一张表", "a channel is a table"));
        return false;
    }
    for (size_t i = 0; i < value_count(conf); i++) {
        const char *name = value_key_at(conf, i);
        const struct channel_key *key = find_key(adapter->keys, name);

        key = key ? key : find_key(COMMON, name);
        if (!key) {
            return refuse_key(adapter, name, err);
        }
        if (!is_of_kind(value_at(conf, i), key->kind)) {
            err_set(err, ERR_INVALID, "%s %s", key->name, kind_said(key->kind));
            return false;
        }
    }
    return check_needed(COMMON, conf, err) && check_needed(adapter->keys, conf, err) &&
           check_url(conf, err);
}

bool net_render(const struct adapter *adapter, const struct value *conf,
                const struct value *message, bool is_again, struct buf *body, struct err *err)
{
    if (!message_check(message, err) ||
        !adapter->render(conf, message, is_again && !adapter->has_key, body, err)) {
        return false;
    }
    if (body->is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("消息太大", "the message is too large"));
        return false;
    }
    return true;
}

bool net_request(const struct adapter *adapter, const struct signing *signing, struct request *out,
                 struct err *err)
{
    struct buf body;
    bool is_good;

    if (!adapter_check(adapter, signing->conf, err)) {
        return false;
    }
    buf_init(&body, REQUEST_BODY_MAX);
    is_good = net_render(adapter, signing->conf, signing->message, signing->is_again, &body, err) &&
              adapter->request(signing, &body, out, err) && request_is_whole(out, err);
    buf_clear(&body);
    return is_good;
}

void net_judge(const struct adapter *adapter, const struct reply *reply, struct sent *out)
{
    *out = (struct sent){0};
    adapter->judge(reply, out);
    if (out->kind == SENT_THROTTLED && !out->after_ms) {
        out->after_ms = adapter->pause_ms;
    }
}

/* A copy of the message that has an address, made up where the person has none of this kind. */
static struct value *addressed(const struct adapter *adapter, const struct value *message)
{
    bool is_mail = adapter->address && strcmp(adapter->address, "mail") == 0;
    struct value *copy = value_copy(message);
    const struct value *to = value_get(copy, "to");
    const char *address = value_get_text(to, "address");
    bool is_other = is_mail && !(address && strchr(address, '@'));

    if (adapter->address && !adapter->is_group && (is_other || !value_get(to, "address"))) {
        struct value *person = value_kind(to) == VALUE_MAP ? value_copy(to) : value_new_map();

        value_set_text(person, "address", is_mail ? "name@example.gov.cn" : "userid");
        value_set(copy, "to", person);
    }
    return copy;
}

static bool preview_json(const struct buf *body, struct buf *out, struct err *err)
{
    struct value *tree = NULL;

    if (!json_parse(buf_text(body), body->length, &tree, err)) {
        return false;
    }
    body_pretty(tree, out);
    value_free(tree);
    return true;
}

bool net_preview(const char *kind, const struct value *conf, const struct value *message,
                 struct buf *out, struct err *err)
{
    const struct adapter *adapter = adapter_find(kind);
    struct value *copy;
    struct buf body;
    bool is_good;

    if (!adapter) {
        err_set(err, ERR_MISSING,
                SAY("没有“%.40s”这种渠道", "there is no channel of kind \"%.40s\""), kind);
        return false;
    }
    if (!message_check(message, err)) {
        return false;
    }
    copy = addressed(adapter, message);
    buf_init(&body, REQUEST_BODY_MAX);
    is_good = adapter->preview ? adapter->preview(conf, copy, out, err)
                               : net_render(adapter, conf, copy, false, &body, err) &&
                                     preview_json(&body, out, err);
    buf_clear(&body);
    value_free(copy);
    return is_good;
}
