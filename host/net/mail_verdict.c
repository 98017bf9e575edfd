/* What a mail server answers. Its status tells lasting from passing trouble; the enhanced code
   behind it (RFC 3463) tells whose trouble it is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/mail.h"

#define PERSON_ZH "收件人地址不存在或已满：更正其邮箱后重发"
#define PERSON_EN "no such mailbox, or it is full: correct the address, then replay"
#define LOGIN_ZH "邮件服务器不认可登录：核对 user 与 password"
#define LOGIN_EN "the login is refused: check user and password"
#define AGAIN_ZH "邮件服务器暂时拒收，会自动重试"
#define AGAIN_EN "refused for now; it is tried again"

/* By enhanced code, which stands at the beginning of the text: "5.1.1 …" after "550". */
static const struct code_row ENHANCED[] = {
    {"5.1.7", NULL, SENT_BAD_CHANNEL, 0, "服务器不接受发件地址：核对该渠道的 from",
     "the sender's address is refused: check the channel's from"},
    {"5.1.8", NULL, SENT_BAD_CHANNEL, 0, "服务器不接受发件地址：核对该渠道的 from",
     "the sender's address is refused: check the channel's from"},
    {"5.1.", NULL, SENT_BAD_CONTENT, 0, PERSON_ZH, PERSON_EN},
    {"5.2.", NULL, SENT_BAD_CONTENT, 0, PERSON_ZH, PERSON_EN},
    {"5.3.4", NULL, SENT_BAD_CONTENT, 0, "邮件过大：缩短模板后重发",
     "the letter is too large: shorten the template, then replay"},
    {"5.6.", NULL, SENT_BAD_CONTENT, 0, "邮件内容不被接受：修改模板后重发",
     "the content is refused: change the template, then replay"},
    {"5.7.8", NULL, SENT_BAD_CHANNEL, 0, LOGIN_ZH, LOGIN_EN},
    {"5.7.", NULL, SENT_BAD_CHANNEL, 0, "服务器按策略拒收：请邮件管理员允许本机用此 from 发信",
     "refused by policy: ask the mail administrator to let this machine send with this from"},
};

/* An end that lasts but names no enhanced code; the last row fits every other 5xx. */
static const struct status_row STATUSES[] = {
    {200, 299, SENT_ACCEPTED, 0, NULL, NULL},
    {400, 499, SENT_TRANSIENT, 0, AGAIN_ZH, AGAIN_EN},
    {530, 538, SENT_BAD_CHANNEL, 0, LOGIN_ZH, LOGIN_EN},
    {550, 551, SENT_BAD_CONTENT, 0, PERSON_ZH, PERSON_EN},
    {552, 552, SENT_BAD_CONTENT, 0, "邮件过大或对方信箱已满：缩短模板或请对方清理后重发",
     "too large, or the mailbox is full: shorten the template or ask for room, then replay"},
    {553, 553, SENT_BAD_CONTENT, 0, PERSON_ZH, PERSON_EN},
    {500, 504, SENT_BAD_CHANNEL, 0, "邮件服务器不懂命令：核对 host、port 与 tls",
     "the server does not understand: check host, port and tls"},
    {500, 599, SENT_BAD_CONTENT, 0, "邮件被拒收：看服务器原文，修改后重发",
     "refused: read the server's words, change it, then replay"},
};

const struct verdicts MAIL_VERDICTS = {ENHANCED, COUNT_OF(ENHANCED), STATUSES, COUNT_OF(STATUSES)};

static bool judge_enhanced(const struct reply *reply, struct sent *out)
{
    const char *text = out->text;

    text += strspn(text, "0123456789"); /* the status itself, when the line is whole */
    text += strspn(text, " -");
    if (reply->status / 100 != 5) {
        return false;
    }
    if (strncmp(text, "5.", 2) != 0) {
        text = out->text;
    }
    for (size_t i = 0; i < COUNT_OF(ENHANCED); i++) {
        if (strncmp(text, ENHANCED[i].code, strlen(ENHANCED[i].code)) == 0) {
            out->kind = ENHANCED[i].kind;
            out->hint_zh = ENHANCED[i].hint_zh;
            out->hint_en = ENHANCED[i].hint_en;
            return true;
        }
    }
    return false;
}

/* A server that refuses has answered, even where the network's library calls that a failure. */
void mail_judge(const struct reply *reply, struct sent *out)
{
    bool has_refused = reply->status >= 400 && reply->status <= 599;
    char code[24];

    if (!has_refused && sent_by_failure(reply, out)) {
        return;
    }
    snprintf(code, sizeof code, "%" PRId64, reply->status);
    if (reply->body && reply->length) {
        sent_say(out, code, reply->body, reply->length);
    } else {
        sent_say(out, code, reply->failure, strlen(reply->failure));
    }
    if (!judge_enhanced(reply, out) && !sent_by_status(STATUSES, COUNT_OF(STATUSES), reply, out)) {
        sent_set_unknown(out);
    }
}
