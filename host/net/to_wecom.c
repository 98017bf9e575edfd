/* 企业微信: the group's robot, whose key is all the credential there is, and the application, which
   reaches named officials with a token. */
#include "net/adapter.h"

#include <string.h>

#include "base/text.h"
#include "net/body.h"
#include "net/message.h"
#include "net/wecom.h"

#define TEXT_MAX 2048
#define MARKDOWN_MAX 4096
#define MINUTE_MS INT64_C(60000)
#define REPEAT_SECONDS \
    14400 /* the longest the platform compares: half of our retries fall into it */

static const char BOT_URL[] = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send";
static const char APP_URL[] = "https://qyapi.weixin.qq.com";

static const struct dialect MARKDOWN = {
    "**", "**\n", "<font color=\"warning\">", "</font>", ">", "：", "\n", "\n", "[查看](",
    ")",  true};

static bool is_word(const struct value *conf, const char *key, const char *word)
{
    const char *text = value_get_text(conf, key);

    return text && strcmp(text, word) == 0;
}

static struct value *typed(const char *type, const char *text)
{
    struct value *tree = value_new_map();
    struct value *content = value_new_map();

    value_set_text(content, "content", text);
    value_set_text(tree, "msgtype", type);
    value_set(tree, type, content);
    return tree;
}

static struct value *wrap_markdown(const struct draft *draft, const char *text)
{
    (void)draft;
    return typed("markdown", text);
}

static struct value *wrap_text(const struct draft *draft, const char *text)
{
    const char *mention = message_mention(draft->message);
    struct value *tree = value_new_map();
    struct value *content = value_new_map();

    value_set_text(content, "content", text);
    if (*mention) {
        struct value *list = value_new_list();

        value_push(list, value_new_text(strcmp(mention, "all") == 0 ? "@all" : mention));
        value_set(content, message_is_mobile(mention) ? "mentioned_mobile_list" : "mentioned_list",
                  list);
    }
    value_set_text(tree, "msgtype", "text");
    value_set(tree, "text", content);
    return tree;
}

/* Everybody, and a mobile number, can be mentioned in text only. */
static bool render_bot(const struct value *conf, const struct value *message, bool is_again,
                       struct buf *body, struct err *err)
{
    const char *mention = message_mention(message);
    bool is_text = is_word(conf, "format", "text") || strcmp(mention, "all") == 0 ||
                   message_is_mobile(mention);
    struct draft draft;
    bool is_good;

    draft_init(&draft, is_text ? &DIALECT_GUARDED : &MARKDOWN, conf, message);
    draft.is_again = is_again;
    draft.text_limit = is_text ? TEXT_MAX : MARKDOWN_MAX;
    draft.wrap = is_text ? wrap_text : wrap_markdown;
    draft_compose(&draft);
    if (!is_text && *mention) {
        buf_add_format(&draft.tail, "\n<@%s>", mention);
    }
    is_good = draft_write(&draft, body, err);
    draft_clear(&draft);
    return is_good;
}

static bool request_bot(const struct signing *signing, const struct buf *body, struct request *out,
                        struct err *err)
{
    const char *url = value_get_text(signing->conf, "url");
    const char *key = value_get_text(signing->secrets, "key");

    if (!key) {
        err_set(err, ERR_MISSING, "%s", SAY("缺少机器人的 key", "the robot's key is missing"));
        return false;
    }
    buf_add_text(&out->url, url ? url : BOT_URL);
    request_query(out, "key", key);
    request_header(out, "Content-Type", "application/json; charset=utf-8");
    buf_add(&out->body, buf_text(body), body->length);
    return true;
}

/* A text, or texts joined as the platform wants them; appends nothing when absent. */
static void join(const struct value *words, struct buf *out)
{
    if (value_kind(words) == VALUE_STRING) {
        buf_add_text(out, value_text(words));
    }
    for (size_t i = 0; i < value_count(words); i++) {
        buf_add_text(out, i ? "|" : "");
        buf_add_text(out, value_text(value_at(words, i)) ? value_text(value_at(words, i)) : "");
    }
}

static void set_joined(struct value *tree, const char *key, const struct value *words)
{
    struct buf text;

    buf_init(&text, BODY_TEXT_MAX);
    join(words, &text);
    if (text.length) {
        value_set_text(tree, key, buf_text(&text));
    }
    buf_clear(&text);
}

static struct value *wrap_app(const struct draft *draft, const char *text)
{
    const char *type = is_word(draft->conf, "format", "markdown") ? "markdown" : "text";
    struct value *tree = typed(type, text);

    set_joined(tree, "touser", value_get(value_get(draft->message, "to"), "address"));
    set_joined(tree, "toparty", value_get(draft->conf, "party"));
    set_joined(tree, "totag", value_get(draft->conf, "tag"));
    value_set_int(tree, "agentid", value_get_int(draft->conf, "agent", 0));
    value_set_int(tree, "enable_duplicate_check", 1);
    value_set_int(tree, "duplicate_check_interval", REPEAT_SECONDS);
    return tree;
}

/* The platform compares bodies, so a repeat is not marked: it must be the same bytes. */
static bool render_app(const struct value *conf, const struct value *message, bool is_again,
                       struct buf *body, struct err *err)
{
    bool is_markdown = is_word(conf, "format", "markdown");
    struct draft draft;
    bool is_good;

    (void)is_again;
    if (!value_get(value_get(message, "to"), "address") && !value_get(conf, "party") &&
        !value_get(conf, "tag")) {
        err_set(err, ERR_INVALID, "%s",
                SAY("收件人没有企业微信账号（userid）", "the recipient has no WeCom userid"));
        return false;
    }
    draft_init(&draft, is_markdown ? &MARKDOWN : &DIALECT_GUARDED, conf, message);
    draft.text_limit = TEXT_MAX;
    draft.wrap = wrap_app;
    draft_compose(&draft);
    is_good = draft_write(&draft, body, err);
    draft_clear(&draft);
    return is_good;
}

static const char *app_url(const struct signing *signing)
{
    const char *url = value_get_text(signing->conf, "url");

    return url ? url : APP_URL;
}

static bool request_app(const struct signing *signing, const struct buf *body, struct request *out,
                        struct err *err)
{
    if (!signing->token || !*signing->token) {
        err_set(err, ERR_MISSING, "%s", SAY("还没有 access_token", "there is no access_token yet"));
        return false;
    }
    request_path(out, app_url(signing), "/cgi-bin/message/send");
    request_query(out, "access_token", signing->token);
    request_header(out, "Content-Type", "application/json; charset=utf-8");
    buf_add(&out->body, buf_text(body), body->length);
    return true;
}

static bool token_request(const struct signing *signing, struct request *out, struct err *err)
{
    const char *corp = value_get_text(signing->conf, "corp");
    const char *secret = value_get_text(signing->secrets, "secret");

    if (!corp || !secret) {
        err_set(err, ERR_MISSING, "%s",
                SAY("缺少 corp 或应用的 secret", "corp or the application's secret is missing"));
        return false;
    }
    out->method = "GET";
    request_path(out, app_url(signing), "/cgi-bin/gettoken");
    request_query(out, "corpid", corp);
    request_query(out, "corpsecret", secret);
    return true;
}

static const char *const BOT_SECRETS[] = {"key", NULL};
static const char *const APP_SECRETS[] = {"secret", NULL};
static const struct channel_key BOT_KEYS[] = {{"url", KEY_URL, false},
                                              {"key", KEY_SECRET, true},
                                              {"format", KEY_TEXT, false},
                                              {NULL, KEY_TEXT, false}};
static const struct channel_key APP_KEYS[] = {
    {"url", KEY_URL, false},      {"corp", KEY_TEXT, true},    {"agent", KEY_INT, true},
    {"secret", KEY_SECRET, true}, {"format", KEY_TEXT, false}, {"party", KEY_WORDS, false},
    {"tag", KEY_WORDS, false},    {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_WECOM_BOT = {
    .kind = "wecom-bot",
    .address = "wecom",
    .is_group = true,
    .body_limit = MARKDOWN_MAX,
    .per_minute = 18,
    .pause_ms = MINUTE_MS,
    .secrets = BOT_SECRETS,
    .keys = BOT_KEYS,
    .render = render_bot,
    .request = request_bot,
    .judge = wecom_judge_bot,
    .verdicts = &WECOM_BOT_VERDICTS,
};

const struct adapter ADAPTER_WECOM_APP = {
    .kind = "wecom-app",
    .address = "wecom",
    .has_key = true,
    .body_limit = TEXT_MAX,
    .pause_ms = MINUTE_MS,
    .secrets = APP_SECRETS,
    .keys = APP_KEYS,
    .render = render_app,
    .request = request_app,
    .judge = wecom_judge_app,
    .verdicts = &WECOM_APP_VERDICTS,
    .token_request = token_request,
    .token_judge = wecom_judge_token,
};
