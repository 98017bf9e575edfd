/* 钉钉's robot of a group: signature in the address, msgUuid against repeats, and 20 messages a
   minute before it is deaf for ten. */
#include "net/adapter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/body.h"
#include "net/message.h"
#include "net/signature.h"

#define BODY_MAX 20000
#define PAUSE_MS INT64_C(600000)

static const char URL[] = "https://oapi.dingtalk.com/robot/send";

/* A line of its markdown ends at an empty one. */
static const struct dialect MARKDOWN = {"### ", "\n",   "",        "",  "- ", "：",
                                        "\n",   "\n\n", "[查看](", ")", true};

static struct value *at_of(const char *mention)
{
    bool is_all = strcmp(mention, "all") == 0;
    struct value *at = value_new_map();

    value_set_bool(at, "isAtAll", is_all);
    if (*mention && !is_all) {
        struct value *list = value_new_list();

        value_push(list, value_new_text(mention));
        value_set(at, message_is_mobile(mention) ? "atMobiles" : "atUserIds", list);
    }
    return at;
}

static struct value *wrap(const struct draft *draft, const char *text)
{
    struct value *tree = value_new_map();
    struct value *markdown = value_new_map();
    const char *id = value_get_text(draft->message, "id");
    char key[BODY_KEY_SIZE];
    struct buf title;

    buf_init(&title, BODY_TEXT_MAX);
    body_title(draft->message, draft->keyword, false, true, &title);
    body_key(id ? id : "", key);
    value_set_text(markdown, "title", buf_text(&title));
    value_set_text(markdown, "text", text);
    value_set_text(tree, "msgtype", "markdown");
    value_set_text(tree, "msgUuid", key);
    value_set(tree, "markdown", markdown);
    value_set(tree, "at", at_of(message_mention(draft->message)));
    buf_clear(&title);
    return tree;
}

/* The key drops a repeat, so none is marked. */
static bool render(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err)
{
    const char *mention = message_mention(message);
    struct draft draft;
    bool is_good;

    (void)is_again;
    draft_init(&draft, &MARKDOWN, conf, message);
    draft.body_limit = BODY_MAX;
    draft.wrap = wrap;
    draft_compose(&draft);
    if (*mention && strcmp(mention, "all") != 0) {
        buf_add_format(&draft.tail, "\n\n@%s", mention);
    }
    is_good = draft_write(&draft, body, err);
    draft_clear(&draft);
    return is_good;
}

static void add_signature(const struct signing *signing, const char *secret, struct request *out)
{
    char at[24];
    struct buf sign;

    buf_init(&sign, 64);
    snprintf(at, sizeof at, "%" PRId64, signing->now_ms);
    signature_dingtalk(secret, signing->now_ms, &sign);
    request_query(out, "timestamp", at);
    request_query(out, "sign", buf_text(&sign));
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
    buf_add_text(&out->url, url ? url : URL);
    request_query(out, "access_token", token);
    if (secret) {
        add_signature(signing, secret, out);
    }
    request_header(out, "Content-Type", "application/json; charset=utf-8");
    buf_add(&out->body, buf_text(body), body->length);
    return true;
}

#define SLOW_ZH "发送过快（每分钟 20 条），钉钉停收 10 分钟，到时自动继续"
#define SLOW_EN                                                                                  \
    "too fast (20 messages a minute): the platform is deaf for ten minutes, then it goes on by " \
    "itself"
#define SLOW(code, words)                                       \
    {                                                           \
        code, words, SENT_THROTTLED, PAUSE_MS, SLOW_ZH, SLOW_EN \
    }
#define CHANNEL(code, words, zh, en)             \
    {                                            \
        code, words, SENT_BAD_CHANNEL, 0, zh, en \
    }
#define CONTENT(code, zh, en)                   \
    {                                           \
        code, NULL, SENT_BAD_CONTENT, 0, zh, en \
    }
#define TOKEN_ZH "token 无效：在群的机器人设置里复制 access_token，更新密钥"
#define TOKEN_EN "the token is void: copy access_token from the robot's settings into the secret"
#define FORM_ZH "消息格式不被接受：修改模板后重发"
#define FORM_EN "the form of the message is refused: change the template, then replay"

/* 310000 is one code for four troubles, told apart by its text. A signature's text also speaks of
   the timestamp, and "description" holds the letters of IP, so order and words matter. */
static const struct code_row ROWS[] = {
    {"0", NULL, SENT_ACCEPTED, 0, NULL, NULL},
    SLOW("130101", NULL),
    SLOW("410100", NULL),
    SLOW("1111", NULL),
    CHANNEL("310000", "keyword|关键词|关键字",
            "消息里没有机器人要求的关键词：在该渠道写上 keyword，或修改模板",
            "the message lacks the robot's keyword: set the channel's keyword, or change the "
            "template"),
    CHANNEL("310000", "sign not match|签名不匹配",
            "签名不匹配：核对该渠道的 secret（SEC 开头的加签密钥）",
            "the signature does not match: check the channel's secret (it begins with SEC)"),
    CHANNEL("310000", "timestamp|时间戳|签名过期",
            "时间戳无效：校准本机时钟（相差不得超过 1 小时）",
            "the timestamp is void: set this machine's clock (it may be one hour off at most)"),
    CHANNEL("310000", "whitelist|白名单|来源IP", "本机 IP 不在机器人的白名单：在机器人设置里加上它",
            "this machine's address is not on the robot's list: add it in the robot's settings"),
    CHANNEL("310000", NULL, "机器人的安全设置拒收：核对关键词、加签和 IP 三项",
            "the robot's security settings refuse it: check keyword, signature and addresses"),
    CHANNEL("300001", NULL, TOKEN_ZH, TOKEN_EN),
    CHANNEL("300005", NULL, TOKEN_ZH, TOKEN_EN),
    CHANNEL("400101", NULL, TOKEN_ZH, TOKEN_EN),
    CHANNEL("400013", NULL, "群已解散：在新群里建机器人并更换 token",
            "the group was dissolved: add a robot to another one and replace the token"),
    CHANNEL("400102", NULL, "机器人已停用：在群的机器人设置里启用它",
            "the robot was stopped: start it in the group's settings"),
    CHANNEL("400106", NULL, "机器人不存在：重建机器人并更换 token",
            "the robot is gone: add one again and replace the token"),
    CONTENT("460101", "内容过长（上限 20000 字节）：缩短模板后重发",
            "too long (over 20000 bytes): shorten the template, then replay"),
    CONTENT("40035", FORM_ZH, FORM_EN),
    CONTENT("43004", FORM_ZH, FORM_EN),
    CONTENT("400105", FORM_ZH, FORM_EN),
    SLOW(NULL, "too fast|exceed 20|freq|频|限流|too many"),
    {"-1", NULL, SENT_TRANSIENT, 0, "钉钉系统繁忙，会自动重试",
     "the platform is busy; it is tried again"},
    CONTENT(NULL, "钉钉拒收：按错误码查官方说明，修改后重发",
            "refused: look the code up in the vendor's list, change it, then replay"),
};

/* One refusal of the gate before the platform has a status and a punishment instead of a code. */
static void judge(const struct reply *reply, struct sent *out)
{
    static const struct code_form FORM = {"errcode", NULL, "errmsg", NULL, ROWS};
    struct value *answer;

    sent_by_json(&FORM, reply, out, &answer);
    if (out->kind != SENT_ACCEPTED && value_get_int(answer, "status", 0) == 1111 &&
        value_get_text(answer, "punish")) {
        sent_say(out, "1111", value_get_text(answer, "punish"),
                 strlen(value_get_text(answer, "punish")));
        sent_by_rows(ROWS, "1111", "", out);
    }
    value_free(answer);
}

static const struct verdicts VERDICTS = {ROWS, COUNT_OF(ROWS), NULL, 0};
static const char *const SECRETS[] = {"token", "secret", NULL};
static const struct channel_key KEYS[] = {{"url", KEY_URL, false},
                                          {"token", KEY_SECRET, true},
                                          {"secret", KEY_SECRET, false},
                                          {"keyword", KEY_TEXT, false},
                                          {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_DINGTALK = {
    .kind = "dingtalk-bot",
    .address = "dingtalk",
    .is_group = true,
    .has_key = true,
    .body_limit = BODY_MAX,
    .per_minute = 18,
    .pause_ms = PAUSE_MS,
    .secrets = SECRETS,
    .keys = KEYS,
    .render = render,
    .request = request,
    .judge = judge,
    .verdicts = &VERDICTS,
};
