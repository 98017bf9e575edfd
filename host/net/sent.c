/* What became of one attempt, judged by the three things every platform shares: a network that
   failed, a status, a code in JSON. The tables of each platform stand in its own file. */
#include "net/sent.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/verdicts.h"

#define VERDICT_MAX 65536
#define MINUTE_MS INT64_C(60000)

static const char *const NAMES[] = {"accepted",    "throttled",   "transient", "auth_refresh",
                                    "bad_content", "bad_channel", "unknown"};

const char *sent_name(enum sent_kind kind)
{
    return (size_t)kind < COUNT_OF(NAMES) ? NAMES[kind] : NULL;
}

bool sent_named(const char *name, enum sent_kind *kind)
{
    for (size_t i = 0; name && i < COUNT_OF(NAMES); i++) {
        if (strcmp(NAMES[i], name) == 0) {
            *kind = (enum sent_kind)i;
            return true;
        }
    }
    return false;
}

void sent_clear(struct sent *sent)
{
    value_free(sent->partial);
    *sent = (struct sent){0};
}

bool sent_has_missed(const struct sent *sent, const char *address)
{
    for (size_t i = 0; i < value_count(sent->partial); i++) {
        if (strcasecmp(value_text(value_at(sent->partial, i)), address) == 0) {
            return true;
        }
    }
    return false;
}

/* A NUL inside would hide the rest, so it becomes a blank like every other control character. */
static void copy_clean(const char *text, size_t length, char *out, size_t room)
{
    size_t kept = length < room ? length : room - 1;

    for (size_t i = 0; i < kept; i++) {
        out[i] = text[i];
        if (!out[i]) {
            out[i] = ' ';
        }
    }
    out[kept] = '\0';
    text_clean(out, ' ', "");
}

void sent_say(struct sent *sent, const char *code, const char *text, size_t length)
{
    if (code) {
        copy_clean(code, strlen(code), sent->code, sizeof sent->code);
    }
    if (text) {
        copy_clean(text, length, sent->text, sizeof sent->text);
    }
}

void sent_note(struct sent *sent, const char *ref)
{
    if (ref) {
        copy_clean(ref, strlen(ref), sent->ref, sizeof sent->ref);
    }
}

static bool has_word(const char *text, const char *word, size_t length)
{
    for (const char *at = text; *at; at++) {
        if (strncasecmp(at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_any_word(const char *text, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "|");

        if (has_word(text, words, length)) {
            return true;
        }
        words += length + (words[length] == '|');
    }
    return false;
}

void sent_by_rows(const struct code_row *rows, const char *code, const char *text,
                  struct sent *sent)
{
    while ((rows->code && strcmp(rows->code, code) != 0) ||
           (rows->words && !has_any_word(text, rows->words))) {
        rows++;
    }
    sent->kind = rows->kind;
    sent->after_ms = rows->after_ms;
    sent->hint_zh = rows->hint_zh;
    sent->hint_en = rows->hint_en;
}

bool sent_by_status(const struct status_row *rows, size_t count, const struct reply *reply,
                    struct sent *sent)
{
    for (size_t i = 0; i < count; i++) {
        if (reply->status >= rows[i].first && reply->status <= rows[i].last) {
            bool waits = rows[i].kind == SENT_THROTTLED || rows[i].kind == SENT_TRANSIENT;

            sent->kind = rows[i].kind;
            sent->after_ms =
                waits && reply->retry_after_ms > 0 ? reply->retry_after_ms : rows[i].after_ms;
            sent->hint_zh = rows[i].hint_zh;
            sent->hint_en = rows[i].hint_en;
            return true;
        }
    }
    return false;
}

void sent_set_unknown(struct sent *sent)
{
    sent->kind = SENT_UNKNOWN;
    sent->after_ms = 0;
    sent->hint_zh = "请求已发出但没有读到结论：先到对方核实是否收到，再决定是否重发";
    sent->hint_en = "the request went out and no verdict came back: ask whether it arrived before "
                    "it is sent again";
}

/* By stage, as long as no byte left. */
static const struct code_row FAILURES[] = {
    [REPLY_WHOLE] = {"", NULL, SENT_TRANSIENT, 0, "", ""},
    [REPLY_SECRET] = {"secret", NULL, SENT_BAD_CHANNEL, 0,
                      "检查 duban.conf.lua 中密钥的引用：文件、环境变量或凭据必须存在且可读",
                      "check the references to secrets in duban.conf.lua: the file, variable or "
                      "credential must exist and be readable"},
    [REPLY_FORBIDDEN] = {"forbidden", NULL, SENT_BAD_CHANNEL, 0,
                         "对方地址不在允许之列：确认无误后在该渠道的 allow 中加上它",
                         "the address is not allowed: if it is right, add it to the channel's "
                         "allow"},
    [REPLY_NAME] = {"name", NULL, SENT_TRANSIENT, 0, "找不到主机名：检查渠道的 url 与本机的 DNS",
                    "the host's name was not found: check the channel's url and this machine's "
                    "DNS"},
    [REPLY_CONNECT] = {"connect", NULL, SENT_TRANSIENT, 0, "连接不上：检查网络、防火墙、代理和端口",
                       "no connection: check the network, the firewall, the proxy and the port"},
    [REPLY_TLS] = {"tls", NULL, SENT_TRANSIENT, 0,
                   "TLS 没有建立：检查本机时钟与渠道的 ca、cert，政务外网常用自签的根证书",
                   "TLS was not established: check this machine's clock and the channel's ca and "
                   "cert; government networks often have a root of their own"},
    [REPLY_SEND] = {"send", NULL, SENT_TRANSIENT, 0, "请求没有发出去，会自动重试",
                    "the request did not go out; it is tried again"},
    [REPLY_WAIT] = {"wait", NULL, SENT_TRANSIENT, 0, "对方没有应答，会自动重试",
                    "there was no answer; it is tried again"},
};

bool sent_by_failure(const struct reply *reply, struct sent *sent)
{
    size_t stage = (size_t)reply->stage < COUNT_OF(FAILURES) ? (size_t)reply->stage : REPLY_WAIT;

    if (stage == REPLY_WHOLE) {
        return false;
    }
    sent_say(sent, FAILURES[stage].code, reply->failure, strlen(reply->failure));
    if (reply->is_sent && stage != REPLY_SECRET && stage != REPLY_FORBIDDEN) {
        sent_set_unknown(sent);
        return true;
    }
    sent->kind = FAILURES[stage].kind;
    sent->after_ms = 0;
    sent->hint_zh = FAILURES[stage].hint_zh;
    sent->hint_en = FAILURES[stage].hint_en;
    return true;
}

/* An answer that is not the platform's own: a proxy's, a gateway's, a wrong address's. What may
   have reached the platform is not here, and so unknown. */
static const struct status_row STRANGE[] = {
    {300, 399, SENT_BAD_CHANNEL, 0, "对方要求跳转，本程序不跟随：把 url 改成最终地址",
     "the answer is a redirect, which is not followed: put the final address into url"},
    {401, 401, SENT_BAD_CHANNEL, 0, "对方不认可身份：检查该渠道的密钥",
     "not authorised: check the channel's secrets"},
    {403, 403, SENT_BAD_CHANNEL, 0, "被拒绝访问：检查密钥、IP 白名单和代理",
     "forbidden: check the secrets, the list of allowed addresses and the proxy"},
    {404, 405, SENT_BAD_CHANNEL, 0, "地址不对：检查该渠道的 url", "wrong address: check url"},
    {407, 407, SENT_BAD_CHANNEL, 0, "代理要求认证：检查该渠道的 proxy",
     "the proxy asks for authentication: check proxy"},
    {408, 408, SENT_TRANSIENT, 0, "对方没等到完整请求，会自动重试",
     "the request took too long; it is tried again"},
    {410, 410, SENT_BAD_CHANNEL, 0, "该地址已停用：向对方索取新地址",
     "the address is gone: ask for a new one"},
    {413, 413, SENT_BAD_CONTENT, 0, "内容太长：缩短模板", "too large: shorten the template"},
    {429, 429, SENT_THROTTLED, MINUTE_MS, "发送过快，渠道已暂停，稍后自动继续",
     "too many requests: the channel pauses and goes on by itself"},
    {503, 503, SENT_TRANSIENT, 0, "对方暂时不可用，会自动重试",
     "unavailable for now; it is tried again"},
};

const struct verdicts SENT_NETWORK = {FAILURES + 1, COUNT_OF(FAILURES) - 1, STRANGE,
                                      COUNT_OF(STRANGE)};

/* The code of a verdict as text; false when there is none. */
static bool read_code(const struct code_form *form, const struct value *tree, char code[32])
{
    const struct value *value = value_get(tree, form->code);

    if (!value && form->older_code) {
        value = value_get(tree, form->older_code);
    }
    if (value_kind(value) != VALUE_INT) {
        return false;
    }
    snprintf(code, 32, "%lld", (long long)value_int(value, 0));
    return true;
}

static void judge_code(const struct code_form *form, const struct reply *reply,
                       const struct value *tree, const char *code, struct sent *sent)
{
    const struct value *text = value_get(tree, form->text);
    bool is_fine = reply->status >= 200 && reply->status < 300;

    if (!text && form->older_text) {
        text = value_get(tree, form->older_text);
    }
    sent_say(sent, code, value_text(text), value_length(text));
    sent_by_rows(form->rows, code, sent->text, sent);
    if (sent->kind == SENT_ACCEPTED && !is_fine) {
        sent_set_unknown(sent); /* an answer that contradicts itself */
    }
    if (sent->kind == SENT_THROTTLED && reply->retry_after_ms > 0) {
        sent->after_ms = reply->retry_after_ms;
    }
}

static void judge_strange(const struct reply *reply, struct sent *sent)
{
    char code[32];

    snprintf(code, sizeof code, "%lld", (long long)reply->status);
    sent_say(sent, code, reply->body ? reply->body : "", reply->body ? reply->length : 0);
    if (!sent_by_status(STRANGE, COUNT_OF(STRANGE), reply, sent)) {
        sent_set_unknown(sent);
    }
}

void sent_by_json(const struct code_form *form, const struct reply *reply, struct sent *sent,
                  struct value **tree)
{
    struct value *answer = NULL;
    char code[32];

    if (tree) {
        *tree = NULL;
    }
    if (sent_by_failure(reply, sent)) {
        return;
    }
    if (!reply->body || reply->length > VERDICT_MAX ||
        !json_parse(reply->body, reply->length, &answer, NULL)) {
        answer = NULL;
    }
    if (answer && read_code(form, answer, code)) {
        judge_code(form, reply, answer, code, sent);
    } else {
        judge_strange(reply, sent);
    }
    if (tree) {
        *tree = answer;
    } else {
        value_free(answer);
    }
}
