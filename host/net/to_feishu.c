/* 飞书's robot of a group: signature in the body, a card (or a post, for older private editions),
   and one code with two meanings. */
#include "net/adapter.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "net/body.h"
#include "net/message.h"
#include "net/signature.h"

#define BODY_MAX 20000
#define SIGNATURE_BYTES 79 /* what signing adds to the body, with a timestamp of ten digits */
#define PAUSE_MS INT64_C(30000)

static const char URL[] = "https://open.feishu.cn/open-apis/bot/v2/hook";

static const struct dialect CARD = {NULL, "",   "",        "",  "**", "**：",
                                    "\n", "\n", "[查看](", ")", true};
static const struct dialect POST = {NULL, "", "", "", "", "：", "\n", "\n", NULL, "", false};

static void set_title(const struct draft *draft, struct value *map, const char *key)
{
    struct buf title;

    buf_init(&title, BODY_TEXT_MAX);
    body_title(draft->message, draft->keyword, draft->is_again, draft->dialect->is_marked, &title);
    value_set_text(map, key, buf_text(&title));
    buf_clear(&title);
}

static struct value *tagged(const char *tag, const char *key, const char *text)
{
    struct value *map = value_new_map();

    value_set_text(map, "tag", tag);
    value_set_text(map, key, text);
    return map;
}

static const char *colour_of(const struct value *message)
{
    const char *severity = value_get_text(message, "severity");

    if (!body_is_alarm(message)) {
        return "blue";
    }
    return strcmp(severity, "critical") == 0 ? "red" : "orange";
}

static struct value *wrap_card(const struct draft *draft, const char *text)
{
    struct value *tree = value_new_map();
    struct value *card = value_new_map();
    struct value *header = value_new_map();
    struct value *title = value_new_map();
    struct value *body = value_new_map();
    struct value *elements = value_new_list();

    value_set_text(title, "tag", "plain_text");
    set_title(draft, title, "content");
    value_set(header, "title", title);
    value_set_text(header, "template", colour_of(draft->message));
    value_push(elements, tagged("markdown", "content", text));
    value_set(body, "elements", elements);
    value_set_text(card, "schema", "2.0");
    value_set(card, "header", header);
    value_set(card, "body", body);
    value_set_text(tree, "msg_type", "interactive");
    value_set(tree, "card", card);
    return tree;
}

static void push_line(struct value *lines, struct value *element)
{
    struct value *line = value_new_list();

    value_push(line, element);
    value_push(lines, line);
}

/* A post names its link and its mention by tags, so its text needs no guard. */
static struct value *wrap_post(const struct draft *draft, const char *text)
{
    const char *link = value_get_text(draft->message, "link");
    const char *mention = message_mention(draft->message);
    struct value *tree = value_new_map();
    struct value *content = value_new_map();
    struct value *post = value_new_map();
    struct value *chinese = value_new_map();
    struct value *lines = value_new_list();

    push_line(lines, tagged("text", "text", text));
    if (link) {
        struct value *anchor = tagged("a", "text", "查看");

        value_set_text(anchor, "href", link);
        push_line(lines, anchor);
    }
    if (*mention) {
        push_line(lines, tagged("at", "user_id", mention));
    }
    set_title(draft, chinese, "title");
    value_set(chinese, "content", lines);
    value_set(post, "zh_cn", chinese);
    value_set(content, "post", post);
    value_set_text(tree, "msg_type", "post");
    value_set(tree, "content", content);
    return tree;
}

static bool render(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err)
{
    const char *format = value_get_text(conf, "format");
    const char *mention = message_mention(message);
    bool is_post = format && strcmp(format, "post") == 0;
    struct draft draft;
    bool is_good;

    draft_init(&draft, is_post ? &POST : &CARD, conf, message);
    draft.is_again = is_again;
    draft.body_limit = BODY_MAX - SIGNATURE_BYTES;
    draft.wrap = is_post ? wrap_post : wrap_card;
    draft_compose(&draft);
    if (!is_post && *mention) {
        buf_add_format(&draft.tail, "\n<at id=%s></at>", mention);
    }
    is_good = draft_write(&draft, body, err);
    draft_clear(&draft);
    return is_good;
}

/* The body is a map of ours, so it begins with a brace and holds something. */
static void add_signed(const char *secret, int64_t now_s, const struct buf *body, struct buf *out)
{
    struct buf sign;

    buf_init(&sign, 64);
    signature_feishu(secret, now_s, &sign);
    buf_add_format(out, "{\"sign\":\"%s\",\"timestamp\":\"%" PRId64 "\",", buf_text(&sign), now_s);
    buf_add(out, buf_text(body) + 1, body->length - 1);
    buf_clear(&sign);
}

static bool request(const struct signing *signing, const struct buf *body, struct request *out,
                    struct err *err)
{
    const char *url = value_get_text(signing->conf, "url");
    const char *token = value_get_text(signing->secrets, "token");
    const char *secret = value_get_text(signing->secrets, "secret");

    if (!token) {
        err_set(err, ERR_MISSING, "%s", SAY("缺少机器人的 token", "the robot's token is missing"));
        return false;
    }
    request_path(out, url ? url : URL, "/");
    request_segment(out, token);
    request_header(out, "Content-Type", "application/json; charset=utf-8");
    if (secret) {
        add_signed(secret, signing->now_ms / 1000, body, &out->body);
    } else {
        buf_add(&out->body, buf_text(body), body->length);
    }
    return true;
}

#define CHANNEL(code, zh, en)                   \
    {                                           \
        code, NULL, SENT_BAD_CHANNEL, 0, zh, en \
    }
#define CONTENT(code, zh, en)                   \
    {                                           \
        code, NULL, SENT_BAD_CONTENT, 0, zh, en \
    }
#define SLOW(code, words)                                                                   \
    {                                                                                       \
        code, words, SENT_THROTTLED, PAUSE_MS,                                              \
            "发送过快（每分钟 100 条、每秒 5 条），渠道已暂停，稍后自动继续",               \
            "too fast (100 a minute, 5 a second): the channel pauses and goes on by itself" \
    }

static const struct code_row ROWS[] = {
    {"0", NULL, SENT_ACCEPTED, 0, NULL, NULL},
    SLOW("11232", NULL),
    SLOW("9499", "too many|too fast|freq|limit|频|限流"),
    CONTENT("9499", "请求格式有误或超过 20000 字节：修改模板后重发",
            "malformed, or over 20000 bytes: change the template, then replay"),
    CHANNEL("19001", "token 无效：在群的机器人设置里复制 webhook 地址末段，更新密钥",
            "the token is void: copy the last part of the robot's webhook address into the secret"),
    CONTENT("19002", "参数无效：修改模板后重发",
            "a parameter is void: change the template, then replay"),
    CHANNEL("19021", "签名不符或时间相差超过 1 小时：先校准本机时钟，再核对 secret",
            "the signature fails or the time is over one hour off: set this machine's clock, then "
            "check the secret"),
    CHANNEL("19022", "本机 IP 不在机器人的白名单：在机器人设置里加上它",
            "this machine's address is not on the robot's list: add it in the robot's settings"),
    CHANNEL("19024", "消息里没有机器人要求的关键词：在该渠道写上 keyword，或修改模板",
            "the message lacks the robot's keyword: set the channel's keyword, or change the "
            "template"),
    SLOW(NULL, "too fast|too many|freq|频|限流"),
    {"-1", NULL, SENT_TRANSIENT, 0, "飞书系统繁忙，会自动重试",
     "the platform is busy; it is tried again"},
    CONTENT(NULL, "飞书拒收：按错误码查官方说明，修改后重发",
            "refused: look the code up in the vendor's list, change it, then replay"),
};

static void judge(const struct reply *reply, struct sent *out)
{
    static const struct code_form FORM = {"code", "StatusCode", "msg", "StatusMessage", ROWS};

    sent_by_json(&FORM, reply, out, NULL);
}

static const struct verdicts VERDICTS = {ROWS, COUNT_OF(ROWS), NULL, 0};
static const char *const SECRETS[] = {"token", "secret", NULL};
static const struct channel_key KEYS[] = {
    {"url", KEY_URL, false},      {"token", KEY_SECRET, true}, {"secret", KEY_SECRET, false},
    {"keyword", KEY_TEXT, false}, {"format", KEY_TEXT, false}, {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_FEISHU = {
    .kind = "feishu-bot",
    .address = "feishu",
    .is_group = true,
    .body_limit = BODY_MAX,
    .per_minute = 90,
    .per_second = 5,
    .pause_ms = PAUSE_MS,
    .secrets = SECRETS,
    .keys = KEYS,
    .render = render,
    .request = request,
    .judge = judge,
    .verdicts = &VERDICTS,
};
