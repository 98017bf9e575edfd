/* What each platform says to a request: signatures and tokens are checked as it would, with
   OpenSSL's own functions, so that a mistake in ours cannot agree with itself. */
#include "fakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/json.h"
#include "base/mem.h"

#define MINUTE_MS 60000
#define HOUR_S 3600

void answer_json(struct answer *answer, int status, const char *format, ...)
{
    char text[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_reset(&answer->body);
    buf_add_text(&answer->body, text);
    answer->status = status;
}

/* base64(HMAC-SHA256(key, text)) */
static void sign(const void *key, size_t key_length, const char *text, size_t length,
                 char out[static 64])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, length, digest, &size);
    EVP_EncodeBlock((unsigned char *)out, digest, (int)size);
}

static const char *get(const struct value *map, const char *name)
{
    const char *text = value_get_text(map, name);

    return text ? text : "";
}

static bool is_conf(const char *name, const char *text)
{
    char *wanted = state_conf(name);
    bool is_same = strcmp(wanted, text) == 0;

    mem_free(wanted);
    return is_same;
}

/* Counts under a key, or under the body itself where the platform has no key. */
static void take(struct answer *answer, const char *key)
{
    snprintf(answer->key_room, sizeof answer->key_room, "%s", key);
    answer->key = answer->key_room;
}

/* ---- wecom ---- */

static const char *wecom_content(const struct value *json)
{
    const char *type = get(json, "msgtype");

    return get(value_get(json, type), "content");
}

static void wecom_bot(const struct asked *asked, struct answer *answer)
{
    const char *type = get(asked->json, "msgtype");
    size_t limit = strcmp(type, "text") == 0 ? 2048 : 4096;
    const char *content = wecom_content(asked->json);

    if (!is_conf("wecom_key", get(asked->query, "key"))) {
        answer_json(answer, 200,
                    "{\"errcode\":93000,\"errmsg\":\"invalid webhook url, hint: [1], "
                    "from ip: 127.0.0.1\"}");
    } else if (state_is_too_fast("wecom", 20, MINUTE_MS, 0)) {
        answer_json(answer, 200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}");
    } else if (!*type) {
        answer_json(answer, 200, "{\"errcode\":40008,\"errmsg\":\"invalid message type\"}");
    } else if (strcmp(type, "template_card") != 0 && !*content) {
        answer_json(answer, 200, "{\"errcode\":44004,\"errmsg\":\"empty content\"}");
    } else if (strlen(content) > limit) {
        answer_json(answer, 200, "{\"errcode\":40058,\"errmsg\":\"content exceed max length\"}");
    } else {
        take(answer, *content ? content : "card");
        answer_json(answer, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    }
}

static void wecom_token(const struct asked *asked, struct answer *answer)
{
    char token[64];

    if (!is_conf("corpid", get(asked->query, "corpid"))) {
        answer_json(answer, 200, "{\"errcode\":40013,\"errmsg\":\"invalid corpid\"}");
    } else if (!is_conf("corpsecret", get(asked->query, "corpsecret"))) {
        answer_json(answer, 200, "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}");
    } else {
        state_new_token(token, sizeof token);
        answer_json(answer, 200,
                    "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"%s\",\"expires_in\":7200}",
                    token);
    }
}

static void wecom_app(const struct asked *asked, struct answer *answer)
{
    const char *token = get(asked->query, "access_token");
    const char *user = get(asked->json, "touser");

    if (!state_is_token(token)) {
        answer_json(answer, 200, "{\"errcode\":%d,\"errmsg\":\"access_token %s expired\"}",
                    *token ? 42001 : 41001, token);
    } else if (value_kind(value_get(asked->json, "agentid")) != VALUE_INT) {
        answer_json(answer, 200, "{\"errcode\":301002,\"errmsg\":\"agentid not match\"}");
    } else if (strcmp(user, "nobody") == 0) {
        answer_json(answer, 200,
                    "{\"errcode\":81013,\"errmsg\":\"user & party & tag all invalid\"}");
    } else {
        take(answer, buf_text(&asked->body));
        answer_json(answer, 200,
                    "{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":\"%s\",\"msgid\":\"m-1\"}",
                    strstr(user, "nobody") ? "nobody" : "");
    }
}

/* ---- dingtalk ---- */

static bool ding_sign_fits(const struct asked *asked, const char *secret)
{
    const char *at = get(asked->query, "timestamp");
    char text[256];
    char wanted[64];

    snprintf(text, sizeof text, "%s\n%s", at, secret);
    sign(secret, strlen(secret), text, strlen(text), wanted);
    return strcmp(wanted, get(asked->query, "sign")) == 0;
}

static void dingtalk(const struct asked *asked, struct answer *answer)
{
    char *secret = state_conf("ding_secret");
    char *keyword = state_conf("ding_keyword");
    long long skew = atoll(get(asked->query, "timestamp")) / 1000 - (long long)time(NULL);
    const char *uuid = get(asked->json, "msgUuid");

    if (!is_conf("ding_token", get(asked->query, "access_token"))) {
        answer_json(answer, 200, "{\"errcode\":300005,\"errmsg\":\"token is not exist\"}");
    } else if (*secret && (skew > HOUR_S || skew < -HOUR_S)) {
        answer_json(answer, 200, "{\"errcode\":310000,\"errmsg\":\"invalid timestamp\"}");
    } else if (*secret && !ding_sign_fits(asked, secret)) {
        answer_json(answer, 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}");
    } else if (asked->body.length > 20000) {
        answer_json(answer, 200, "{\"errcode\":460101,\"errmsg\":\"message too long\"}");
    } else if (*keyword && !strstr(buf_text(&asked->body), keyword)) {
        answer_json(answer, 200, "{\"errcode\":310000,\"errmsg\":\"keywords not in content\"}");
    } else if (state_is_too_fast("dingtalk", 20, MINUTE_MS, 10 * MINUTE_MS)) {
        answer_json(answer, 200,
                    "{\"errcode\":130101,\"errmsg\":\"send too fast, exceed 20 times "
                    "per minute\"}");
    } else {
        take(answer, *uuid ? uuid : buf_text(&asked->body));
        answer_json(answer, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    }
    mem_free(secret);
    mem_free(keyword);
}

/* ---- feishu ---- */

static bool feishu_sign_fits(const struct asked *asked, const char *secret)
{
    const char *at = get(asked->json, "timestamp");
    char key[256];
    char wanted[64];

    snprintf(key, sizeof key, "%s\n%s", at, secret);
    sign(key, strlen(key), "", 0, wanted);
    return strcmp(wanted, get(asked->json, "sign")) == 0 &&
           llabs(atoll(at) - (long long)time(NULL)) < HOUR_S;
}

static void feishu(const struct asked *asked, struct answer *answer)
{
    const char *token = strrchr(asked->path, '/') + 1;
    char *secret = state_conf("feishu_secret");

    if (!is_conf("feishu_token", token)) {
        answer_json(answer, 200,
                    "{\"code\":19001,\"msg\":\"param invalid: incoming webhook access "
                    "token invalid\"}");
    } else if (!asked->json || asked->body.length > 20000) {
        answer_json(answer, 400, "{\"code\":9499,\"msg\":\"Bad Request\",\"data\":{}}");
    } else if (*secret && !feishu_sign_fits(asked, secret)) {
        answer_json(answer, 200,
                    "{\"code\":19021,\"msg\":\"sign match fail or timestamp is not "
                    "within one hour from current time\"}");
    } else if (state_is_too_fast("feishu", 5, 1000, 0) ||
               state_is_too_fast("feishu-minute", 100, MINUTE_MS, 0)) {
        answer_json(answer, 400, "{\"code\":9499,\"msg\":\"too many request\",\"data\":{}}");
    } else {
        take(answer, buf_text(&asked->body));
        answer_json(answer, 200, "{\"code\":0,\"msg\":\"success\",\"data\":{}}");
    }
    mem_free(secret);
}

/* ---- the short messages of 移动云MAS ---- */

/* The JSON inside the base64 of the body; NULL when it is none. The caller frees it. */
static struct value *mas_body(const struct asked *asked)
{
    struct value *json = NULL;
    unsigned char *text = mem_new(asked->body.length + 4);
    int length = EVP_DecodeBlock(text, (const unsigned char *)buf_text(&asked->body),
                                 (int)asked->body.length);

    while (length > 0 && text[length - 1] == '\0') {
        length--; /* what padding stood for */
    }
    if (length <= 0 || !json_parse((const char *)text, (size_t)length, &json, NULL)) {
        json = NULL;
    }
    mem_free(text);
    return json;
}

static bool mas_mac_fits(const struct value *json, const char *secret)
{
    const char *const parts[] = {get(json, "ecName"),   get(json, "apId"),    secret,
                                 get(json, "mobiles"),  get(json, "content"), get(json, "sign"),
                                 get(json, "addSerial")};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char sum[EVP_MAX_MD_SIZE];
    char wanted[33];

    EVP_DigestInit_ex(context, EVP_md5(), NULL);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        EVP_DigestUpdate(context, parts[i], strlen(parts[i]));
    }
    EVP_DigestFinal_ex(context, sum, NULL);
    EVP_MD_CTX_free(context);
    for (int i = 0; i < 16; i++) {
        snprintf(wanted + 2 * i, 3, "%02x", sum[i]);
    }
    return strcmp(wanted, get(json, "mac")) == 0;
}

static void mas(const struct asked *asked, struct answer *answer)
{
    struct value *json = mas_body(asked);
    const char *code = NULL;
    char *secret = state_conf("mas_key");

    if (!json || !*get(json, "content")) {
        code = "InvalidMessage";
    } else if (strcmp(get(json, "secretKey"), secret) != 0) {
        code = "InvalidUsrOrPwd";
    } else if (!*get(json, "sign")) {
        code = "NoSignId";
    } else if (!is_conf("mas_sign", get(json, "sign"))) {
        code = "IllegalSignId";
    } else if (!mas_mac_fits(json, secret)) {
        code = "IllegalMac";
    } else {
        take(answer, get(json, "content"));
    }
    if (code) {
        answer_json(answer, 200, "{\"msgGroup\":\"\",\"rspcod\":\"%s\",\"success\":false}", code);
    } else {
        answer_json(answer, 200,
                    "{\"msgGroup\":\"0317001200001000\",\"rspcod\":\"success\",\"success\":true}");
    }
    value_free(json);
    mem_free(secret);
}

/* ---- webhook ---- */

static bool hook_sign_fits(const struct asked *asked, const char *secret)
{
    const char *id = get(asked->headers, "webhook-id");
    const char *at = get(asked->headers, "webhook-timestamp");
    unsigned char key[256];
    struct buf text;
    char wanted[3 + 64] = "v1,";
    int length = (int)strlen(secret + 6);
    int got = EVP_DecodeBlock(key, (const unsigned char *)secret + 6, length);

    for (int i = length; i > 0 && secret[6 + i - 1] == '='; i--) {
        got--;
    }
    buf_init(&text, FAKES_BODY_MAX);
    buf_add_format(&text, "%s.%s.%s", id, at, buf_text(&asked->body));
    sign(key, (size_t)got, buf_text(&text), text.length, wanted + 3);
    buf_clear(&text);
    return strstr(get(asked->headers, "webhook-signature"), wanted) != NULL &&
           llabs(atoll(at) - (long long)time(NULL)) < 300;
}

static void webhook(const struct asked *asked, struct answer *answer)
{
    char *secret = state_conf("hook_secret");

    if (*secret && !hook_sign_fits(asked, secret)) {
        answer_json(answer, 401, "{\"error\":\"signature\"}");
    } else {
        take(answer, get(asked->headers, "webhook-id"));
        answer_json(answer, 200, "{\"ok\":true}");
    }
    mem_free(secret);
}

/* ---- all of them ---- */

static const struct {
    const char *path;
    const char *name;
    void (*answer)(const struct asked *asked, struct answer *answer);
} PLATFORMS[] = {
    {"/cgi-bin/webhook/send", "wecom", wecom_bot},
    {"/cgi-bin/gettoken", "wecom-token", wecom_token},
    {"/cgi-bin/message/send", "wecom-app", wecom_app},
    {"/robot/send", "dingtalk", dingtalk},
    {"/open-apis/bot/v2/hook/", "feishu", feishu},
    {"/sms/norsubmit", "mas", mas},
    {"/", "webhook", webhook},
};

const char *platform_of(const struct asked *asked)
{
    size_t i = 0;

    while (strncmp(asked->path, PLATFORMS[i].path, strlen(PLATFORMS[i].path)) != 0 &&
           i + 1 < COUNT_OF(PLATFORMS)) {
        i++;
    }
    return PLATFORMS[i].name;
}

void platform_answer(const char *platform, const struct asked *asked, struct answer *answer)
{
    for (size_t i = 0; i < COUNT_OF(PLATFORMS); i++) {
        if (strcmp(PLATFORMS[i].name, platform) == 0) {
            PLATFORMS[i].answer(asked, answer);
        }
    }
}
