/* What 企业微信 answers, brought down to the seven outcomes. Its codes are its contract; its texts
   may change any day and only tell throttling. */
#include "net/wecom.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MINUTE_MS INT64_C(60000)

#define FINE                                    \
    {                                           \
        "0", NULL, SENT_ACCEPTED, 0, NULL, NULL \
    }
#define SLOW_ZH "发送过快（每个机器人每分钟 20 条），渠道已暂停，稍后自动继续"
#define SLOW_EN \
    "too fast (a robot has 20 messages a minute): the channel pauses and goes on by itself"
#define SLOW_ROWS                                                                           \
    {"45009", NULL, SENT_THROTTLED, MINUTE_MS, SLOW_ZH, SLOW_EN},                           \
    {                                                                                       \
        "45033", NULL, SENT_THROTTLED, MINUTE_MS, "同时发送过多，渠道已暂停，稍后自动继续", \
            "too many at once: the channel pauses and goes on by itself"                    \
    }
#define CONTENT_ROWS                                                                \
    {"40008",                                                                       \
     NULL,                                                                          \
     SENT_BAD_CONTENT,                                                              \
     0,                                                                             \
     "消息类型不对：检查该渠道的 format",                                           \
     "wrong message type: check the channel's format"},                             \
        {"40058",                                                                   \
         NULL,                                                                      \
         SENT_BAD_CONTENT,                                                          \
         0,                                                                         \
         "内容不合要求或过长：修改模板后重发",                                      \
         "the content is malformed or too long: change the template, then replay"}, \
        {"44004",                                                                   \
         NULL,                                                                      \
         SENT_BAD_CONTENT,                                                          \
         0,                                                                         \
         "内容为空：修改模板后重发",                                                \
         "the content is empty: change the template, then replay"},                 \
    {                                                                               \
        "45002", NULL, SENT_BAD_CONTENT, 0, "内容过长：缩短模板后重发",             \
            "the content is too long: shorten the template, then replay"            \
    }
#define LAST_ROWS                                                                          \
    {NULL, "too fast|freq|频|限流|too many", SENT_THROTTLED, MINUTE_MS, SLOW_ZH, SLOW_EN}, \
        {"-1",                                                                             \
         NULL,                                                                             \
         SENT_TRANSIENT,                                                                   \
         0,                                                                                \
         "企业微信系统繁忙，会自动重试",                                                   \
         "the platform is busy; it is tried again"},                                       \
    {                                                                                      \
        NULL, NULL, SENT_BAD_CONTENT, 0, "企业微信拒收：按错误码查官方说明，修改后重发",   \
            "refused: look the code up in the vendor's list, change it, then replay"       \
    }

static const struct code_row BOT_ROWS[] = {
    FINE,
    SLOW_ROWS,
    {"93000", NULL, SENT_BAD_CHANNEL, 0, "机器人已被移出群或 key 失效：在群里重建机器人并更换 key",
     "the robot was removed or its key is void: add a robot to the group again and replace the "
     "key"},
    CONTENT_ROWS,
    LAST_ROWS,
};

#define TOKEN_ROW(code)                                                        \
    {                                                                          \
        code, NULL, SENT_AUTH_REFRESH, 0, "access_token 失效，重新获取后再发", \
            "the access_token is void; a new one is fetched"                   \
    }
#define SECRET_ROW(code)                                                                          \
    {                                                                                             \
        code, NULL, SENT_BAD_CHANNEL, 0, "corp 或 secret 不对：在管理后台核对企业 ID 与应用密钥", \
            "corp or secret is wrong: compare both with the administration page"                  \
    }
#define PERSON_ROW(code)                                                                    \
    {                                                                                       \
        code, NULL, SENT_BAD_CONTENT, 0, "收件人不在通讯录或应用可见范围内：更正其 userid", \
            "the recipient is unknown or cannot see the application: correct the userid"    \
    }

static const struct code_row APP_ROWS[] = {
    FINE,
    SLOW_ROWS,
    TOKEN_ROW("40014"),
    TOKEN_ROW("42001"),
    TOKEN_ROW("41001"),
    SECRET_ROW("40001"),
    SECRET_ROW("40013"),
    SECRET_ROW("40125"),
    {"60020", NULL, SENT_BAD_CHANNEL, 0, "本机 IP 不在企业可信 IP 中：在应用的管理页加上它",
     "this machine's address is not among the trusted ones (企业可信IP): add it on the "
     "application's page"},
    {"301002", NULL, SENT_BAD_CHANNEL, 0, "agent 与 secret 不是同一个应用：核对该渠道的 agent",
     "agent and secret belong to different applications: check the channel's agent"},
    PERSON_ROW("81013"),
    PERSON_ROW("60111"),
    PERSON_ROW("46004"),
    CONTENT_ROWS,
    LAST_ROWS,
};

const struct verdicts WECOM_BOT_VERDICTS = {BOT_ROWS, COUNT_OF(BOT_ROWS), NULL, 0};
const struct verdicts WECOM_APP_VERDICTS = {APP_ROWS, COUNT_OF(APP_ROWS), NULL, 0};

void wecom_judge_bot(const struct reply *reply, struct sent *out)
{
    static const struct code_form FORM = {"errcode", NULL, "errmsg", NULL, BOT_ROWS};

    sent_by_json(&FORM, reply, out, NULL);
}

static void add_missed(const struct value *answer, const char *key, const char *prefix,
                       struct value *list)
{
    const char *at = value_get_text(answer, key);

    while (at && *at) {
        size_t length = strcspn(at, "|");
        char name[160];

        if (length) {
            snprintf(name, sizeof name, "%s%.*s", prefix, (int)(length > 128 ? 128 : length), at);
            text_clean(name, '?', "");
            value_push(list, value_new_text(name));
        }
        at += length + (at[length] == '|');
    }
}

/* Accepted may be true for some of the recipients only. */
void wecom_judge_app(const struct reply *reply, struct sent *out)
{
    static const struct code_form FORM = {"errcode", NULL, "errmsg", NULL, APP_ROWS};
    struct value *answer;

    sent_by_json(&FORM, reply, out, &answer);
    if (out->kind == SENT_ACCEPTED) {
        struct value *list = value_new_list();

        sent_note(out, value_get_text(answer, "msgid"));
        add_missed(answer, "invaliduser", "", list);
        add_missed(answer, "unlicenseduser", "", list);
        add_missed(answer, "invalidparty", "party:", list);
        add_missed(answer, "invalidtag", "tag:", list);
        if (value_count(list)) {
            out->hint_zh = "有收件人没有收到：更正其 userid，或检查应用的可见范围与许可";
            out->hint_en = "some recipients were not reached: correct the userid, or check who may "
                           "see the application and who is licensed";
            out->partial = list;
            list = NULL;
        }
        value_free(list);
    }
    value_free(answer);
}

/* Nothing reached a person yet, so an unknown end is only another try. */
bool wecom_judge_token(const struct reply *reply, struct token *token, struct sent *why)
{
    static const struct code_form FORM = {"errcode", NULL, "errmsg", NULL, APP_ROWS};
    struct value *answer;
    const char *text;
    bool is_good;

    sent_by_json(&FORM, reply, why, &answer);
    text = value_get_text(answer, "access_token");
    is_good = why->kind == SENT_ACCEPTED && text && *text && request_is_line(text) &&
              strlen(text) < sizeof token->text;
    if (is_good) {
        int64_t seconds = value_get_int(answer, "expires_in", 7200);

        snprintf(token->text, sizeof token->text, "%s", text);
        token->lives_ms = (seconds < 60 ? 60 : seconds > 7200 ? 7200 : seconds) * 1000;
    } else if (why->kind == SENT_ACCEPTED || why->kind == SENT_UNKNOWN) {
        why->kind = SENT_TRANSIENT;
        why->hint_zh = "没有取到 access_token，会自动重试";
        why->hint_en = "no access_token came back; it is tried again";
    }
    value_free(answer);
    return is_good;
}
