/* Mail: the whole MIME message, since the library that carries it encodes no header. Its Message-ID
   comes from the key, so that readers see a repeat as the same letter; only Date is of the moment.
 */
#include "net/adapter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/grapheme.h"
#include "base/text.h"
#include "net/body.h"
#include "net/mail.h"
#include "net/message.h"

#define LINE_BYTES 57 /* that make a line of 76 letters in base64 */
#define WORD_BYTES 39 /* of text in one encoded word, so that "Subject: " and it are one line */
#define HEADER_ROOM 8192
#define SOURCE_ROOM ((size_t)1 << 20)

static const char SENDER[] = "duban@localhost"; /* for a preview without configuration */

/* One mailbox: what message_is_address allows, with one @ between two parts. */
static bool is_mailbox(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;

    return at && at > address && at[1] && !strchr(at + 1, '@') && message_is_address(address);
}

static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e) {
            return false;
        }
    }
    return true;
}

void mail_encode_words(const char *text, struct buf *out)
{
    size_t length = strlen(text);

    for (size_t start = 0; start < length;) {
        size_t kept = grapheme_fit(text + start, length - start, WORD_BYTES);

        if (!kept) { /* one grapheme that is longer than a word: only its characters stay whole */
            kept = length - start < WORD_BYTES ? length - start : WORD_BYTES;
            while (kept > 1 && ((unsigned char)text[start + kept] & 0xc0) == 0x80) {
                kept--;
            }
        }
        buf_add_text(out, start ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        encode_base64(text + start, kept, out);
        buf_add_text(out, "?=");
        start += kept;
    }
}

/* Words of people as a header has them: short ASCII as it is, all else encoded. */
static void add_words(const char *text, struct buf *out)
{
    if (is_plain(text) && strlen(text) <= 60 && !strstr(text, "=?")) {
        buf_add_text(out, text);
    } else {
        mail_encode_words(text, out);
    }
}

static void add_person(const char *header, const char *name, const char *address, struct buf *out)
{
    buf_add_text(out, header);
    if (name && *name) {
        mail_encode_words(name, out); /* encoded even when plain: then no quoting can go wrong */
        buf_add_text(out, "\r\n ");
    }
    buf_add_format(out, "<%s>\r\n", address);
}

static void add_subject(const struct value *message, struct buf *out)
{
    struct buf title;

    buf_init(&title, HEADER_ROOM);
    body_title(message, NULL, false, false, &title);
    buf_add_text(out, "Subject: ");
    add_words(buf_text(&title), out);
    buf_add_text(out, "\r\n");
    buf_clear(&title);
}

/* The text with CRLF, as it is before base64. */
static void add_text(const struct value *message, struct buf *out)
{
    struct dialect dialect = DIALECT_PLAIN;
    struct draft draft;

    dialect.title_before = NULL; /* the subject has it */
    draft_init(&draft, &dialect, NULL, message);
    draft_compose(&draft);
    buf_add(&draft.head, buf_text(&draft.tail), draft.tail.length);
    for (size_t i = 0; i < draft.head.length; i++) {
        buf_add_text(out, draft.head.bytes[i] == '\n' ? "\r" : "");
        buf_add_byte(out, (unsigned char)draft.head.bytes[i]);
    }
    buf_add_text(out, "\r\n");
    draft_clear(&draft);
}

static void add_folded(const struct buf *text, struct buf *out)
{
    const size_t step = LINE_BYTES;

    for (size_t i = 0; i < text->length; i += step) {
        size_t left = text->length - i;

        encode_base64(text->bytes + i, left < step ? left : step, out);
        buf_add_text(out, "\r\n");
    }
}

static bool find_people(const struct value *conf, const struct value *message, const char **from,
                        const char **to, struct err *err)
{
    *from = value_get_text(conf, "from") ? value_get_text(conf, "from") : SENDER;
    *to = value_get_text(value_get(message, "to"), "address");
    if (!is_mailbox(*from)) {
        err_set(err, ERR_INVALID, "%s", SAY("from 应是一个邮箱地址", "from is one mail address"));
        return false;
    }
    if (!is_mailbox(*to)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("收件人没有可用的邮箱地址", "the recipient has no usable mail address"));
        return false;
    }
    return true;
}

/* Everything up to the empty line, but Date. */
static void add_headers(const struct value *conf, const struct value *message, const char *from,
                        const char *to, struct buf *out)
{
    char key[BODY_KEY_SIZE];
    const char *name = value_get_text(conf, "name");

    body_key(value_get_text(message, "id"), key);
    add_person("From: ", name && request_is_line(name) ? name : NULL, from, out);
    add_person("To: ", value_get_text(value_get(message, "to"), "name"), to, out);
    add_subject(message, out);
    buf_add_format(out, "Message-ID: <%s%s>\r\n", key, strchr(from, '@'));
    if (body_is_alarm(message)) {
        buf_add_text(out, "X-Priority: 1\r\nImportance: high\r\n");
    }
    buf_add_text(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=UTF-8\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\n");
}

static bool render(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err)
{
    const char *from;
    const char *to;
    struct buf text;

    (void)is_again; /* the Message-ID tells a repeat */
    if (!find_people(conf, message, &from, &to, err)) {
        return false;
    }
    buf_init(&text, SOURCE_ROOM);
    add_headers(conf, message, from, to, body);
    add_text(message, &text);
    add_folded(&text, body);
    buf_clear(&text);
    return true;
}

/* The same with the text readable. */
static bool preview(const struct value *conf, const struct value *message, struct buf *out,
                    struct err *err)
{
    const char *name = value_get_text(value_get(message, "to"), "name");
    const char *from;
    const char *to;
    struct buf text;

    if (!find_people(conf, message, &from, &to, err)) {
        return false;
    }
    buf_add_format(out, "From: <%s>\nTo: %s%s<%s>\nSubject: ", from, name ? name : "",
                   name ? " " : "", to);
    body_title(message, NULL, false, false, out);
    buf_add_text(out, "\n\n");
    buf_init(&text, SOURCE_ROOM);
    add_text(message, &text);
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] != '\r') {
            buf_add_byte(out, (unsigned char)text.bytes[i]);
        }
    }
    buf_clear(&text);
    return true;
}

/* ---- the request ---------------------------------------------------------------------------- */

/* "Mon, 23 Nov 2026 10:00:00 +0800" */
static void add_date(int64_t now_ms, struct buf *out)
{
    static const char *const DAYS[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[24];
    int64_t weekday = clock_day(now_ms) % 7;
    int month;

    clock_format_instant(now_ms, text);
    month = (text[5] - '0') * 10 + text[6] - '0';
    buf_add_format(out, "Date: %s, %.2s %s %.4s %s +0800\r\n",
                   DAYS[weekday < 0 ? weekday + 7 : weekday], text + 8,
                   MONTHS[month >= 1 && month <= 12 ? month - 1 : 0], text, text + 11);
}

static bool is_host(const char *host)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";

    return *host && strlen(host) < 254 && strspn(host, LETTERS) == strlen(host);
}

/* smtps://host:465/helo, or smtp:// with or without STARTTLS. */
static bool add_address(const struct value *conf, const char *from, struct request *out,
                        struct err *err)
{
    const char *host = value_get_text(conf, "host");
    const char *tls = value_get_text(conf, "tls");
    const char *helo = value_get_text(conf, "helo");
    bool is_implicit = tls && strcmp(tls, "implicit") == 0;
    bool is_bare = tls && strcmp(tls, "none") == 0;
    int64_t port = value_get_int(conf, "port", is_implicit ? 465 : is_bare ? 25 : 587);

    if (!tls && port == 465) {
        is_implicit = true;
    }
    helo = helo ? helo : strchr(from, '@') + 1;
    if (!host || !is_host(host) || !is_host(helo) || port < 1 || port > 65535 ||
        (tls && !is_implicit && !is_bare && strcmp(tls, "starttls") != 0)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("邮件渠道的 host、port、tls（implicit、starttls、none）或 helo 有误",
                    "host, port, tls (implicit, starttls, none) or helo of the mail channel is "
                    "wrong"));
        return false;
    }
    out->needs_tls = !is_implicit && !is_bare;
    buf_add_format(&out->url, "%s://%s:%" PRId64 "/%s", is_implicit ? "smtps" : "smtp", host, port,
                   helo);
    return true;
}

static bool request(const struct signing *signing, const struct buf *body, struct request *out,
                    struct err *err)
{
    const char *user = value_get_text(signing->conf, "user");
    const char *password = value_get_text(signing->secrets, "password");
    const char *from;
    const char *to;

    if (!find_people(signing->conf, signing->message, &from, &to, err) ||
        !add_address(signing->conf, from, out, err)) {
        return false;
    }
    if (user && !password) {
        err_set(err, ERR_MISSING, "%s", SAY("有 user 而没有 password", "user needs a password"));
        return false;
    }
    out->method = "MAIL";
    out->is_mail = true;
    buf_add_text(&out->from, from);
    buf_add_format(&out->to, "%s\n", to);
    buf_add_text(&out->user, user ? user : "");
    buf_add_text(&out->password, user ? password : "");
    add_date(signing->now_ms, &out->body);
    buf_add(&out->body, buf_text(body), body->length);
    return true;
}

static const char *const SECRETS[] = {"password", NULL};
static const struct channel_key KEYS[] = {
    {"host", KEY_TEXT, true},  {"port", KEY_INT, false},        {"tls", KEY_TEXT, false},
    {"from", KEY_TEXT, true},  {"name", KEY_TEXT, false},       {"helo", KEY_TEXT, false},
    {"user", KEY_TEXT, false}, {"password", KEY_SECRET, false}, {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_MAIL = {
    .kind = "smtp",
    .address = "mail",
    .has_key = true,
    .secrets = SECRETS,
    .keys = KEYS,
    .render = render,
    .request = request,
    .judge = mail_judge,
    .verdicts = &MAIL_VERDICTS,
    .preview = preview,
};
