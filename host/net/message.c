/* The neutral message, checked as something that anybody may have written: behind this check no
   adapter meets a control character, a broken byte or a size it did not expect. */
#include "net/message.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/request.h"

#define LINE_MAX_BYTES 200
#define LABEL_MAX 128
#define FACT_MAX 4096
#define ADDRESS_MAX 128
#define ADDRESSES_MAX 1000
#define LAST_INSTANT INT64_C(253402300799999) /* the end of the year 9999 */

enum field_kind {
    FIELD_LINE,
    FIELD_TEXT,
    FIELD_LINK,
    FIELD_FACTS,
    FIELD_SEVERITY,
    FIELD_TO,
    FIELD_MENTION,
    FIELD_INSTANT
};

static const struct field {
    const char *name;
    enum field_kind kind;
    bool is_needed;
    size_t most;
} FIELDS[] = {
    {"at", FIELD_INSTANT, true, 0},
    {"body", FIELD_TEXT, false, MESSAGE_BODY_MAX},
    {"facts", FIELD_FACTS, false, 0},
    {"id", FIELD_LINE, true, LINE_MAX_BYTES},
    {"link", FIELD_LINK, false, 0},
    {"mention", FIELD_MENTION, false, 0},
    {"number", FIELD_LINE, false, LINE_MAX_BYTES},
    {"severity", FIELD_SEVERITY, true, 0},
    {"title", FIELD_LINE, true, MESSAGE_TITLE_MAX},
    {"to", FIELD_TO, false, 0},
    {"type", FIELD_LINE, true, LINE_MAX_BYTES},
};

static bool refuse(struct err *err, const char *field, const char *zh, const char *en)
{
    err_set(err, ERR_INVALID, SAY("消息的 %s %s", "the message's %s %s"), field, SAY(zh, en));
    return false;
}

/* UTF-8 without control characters; lines may be many. */
static bool is_clean(const struct value *value, bool has_lines)
{
    const unsigned char *at = (const unsigned char *)value_text(value);

    if (!at || !text_is_utf8((const char *)at, value_length(value))) {
        return false;
    }
    for (; *at; at++) {
        bool is_c1 = *at == 0xc2 && at[1] < 0xa0;

        if (is_c1 || *at == 0x7f || (*at < 0x20 && !(has_lines && (*at == '\n' || *at == '\t')))) {
            return false;
        }
    }
    return true;
}

static bool check_line(const struct field *field, const struct value *value, struct err *err)
{
    if (!is_clean(value, false) || !value_length(value) || value_length(value) > field->most) {
        err_set(err, ERR_INVALID,
                SAY("消息的 %s 应是一行不空的文本，最多 %zu 字节，不含控制字符",
                    "the message's %s is one line of 1 to %zu bytes without control characters"),
                field->name, field->most);
        return false;
    }
    return true;
}

static bool check_text(const struct field *field, const struct value *value, struct err *err)
{
    if (!is_clean(value, true) || value_length(value) > field->most) {
        err_set(err, ERR_INVALID,
                SAY("消息的 %s 应是最多 %zu 字节的文本，不含控制字符",
                    "the message's %s is a text of at most %zu bytes without control characters"),
                field->name, field->most);
        return false;
    }
    return true;
}

static bool check_fact(const struct value *fact)
{
    const struct value *label = value_at(fact, 0);
    const struct value *text = value_at(fact, 1);

    return value_kind(fact) == VALUE_LIST && value_count(fact) == 2 && is_clean(label, false) &&
           value_length(label) && value_length(label) <= LABEL_MAX && is_clean(text, true) &&
           value_length(text) <= FACT_MAX;
}

static bool check_facts(const struct value *facts, struct err *err)
{
    bool is_good = value_kind(facts) == VALUE_LIST && value_count(facts) <= MESSAGE_FACTS_MAX;

    for (size_t i = 0; is_good && i < value_count(facts); i++) {
        is_good = check_fact(value_at(facts, i));
    }
    return is_good ||
           refuse(err, "facts", "应是不多于 40 个的 {标签, 文本}，标签不空，文本最多 4096 字节",
                  "are at most 40 pairs of a label and a text, none over 4096 bytes");
}

bool message_is_address(const char *text)
{
    static const char OTHERS[] = "._@+-";
    size_t length = strlen(text);

    for (const char *at = text; *at; at++) {
        bool is_letter =
            (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');

        if (!is_letter && !strchr(OTHERS, *at)) {
            return false;
        }
    }
    return length > 0 && length <= ADDRESS_MAX;
}

const char *message_mention(const struct value *message)
{
    const char *mention = value_get_text(message, "mention");

    return mention ? mention : "";
}

bool message_is_mobile(const char *address)
{
    return strlen(address) == 11 && address[0] == '1' && strspn(address, "0123456789") == 11;
}

/* A text whose bytes are all in front of its first NUL. */
static const char *whole_text(const struct value *value)
{
    const char *text = value_text(value);

    return text && strlen(text) == value_length(value) ? text : NULL;
}

static bool is_address(const struct value *value)
{
    const char *text = whole_text(value);

    return text && message_is_address(text);
}

static bool is_address_list(const struct value *value)
{
    if (value_kind(value) != VALUE_LIST || value_count(value) > ADDRESSES_MAX) {
        return false;
    }
    for (size_t i = 0; i < value_count(value); i++) {
        if (!is_address(value_at(value, i))) {
            return false;
        }
    }
    return value_count(value) > 0;
}

static bool check_to(const struct value *to, struct err *err)
{
    const struct value *name = value_get(to, "name");
    const struct value *address = value_get(to, "address");
    bool is_empty = value_kind(to) == VALUE_LIST && value_count(to) == 0; /* Lua's {} */
    size_t known = (size_t)(name != NULL) + (size_t)(address != NULL);

    if (is_empty) {
        return true;
    }
    if (value_kind(to) != VALUE_MAP || value_count(to) != known) {
        return refuse(err, "to", "应是 { name, address }", "is { name, address }");
    }
    if (name && (!is_clean(name, false) || value_length(name) > LINE_MAX_BYTES)) {
        return refuse(err, "to.name", "应是一行文本", "is one line of text");
    }
    if (address && !is_address(address) && !is_address_list(address)) {
        return refuse(err, "to.address", "应是由字母、数字和 . _ @ + - 组成的地址",
                      "is an address of letters, digits and . _ @ + -");
    }
    return true;
}

static bool check_severity(const struct value *value, struct err *err)
{
    const char *text = whole_text(value);

    if (!text || (strcmp(text, "normal") != 0 && strcmp(text, "urgent") != 0 &&
                  strcmp(text, "critical") != 0)) {
        return refuse(err, "severity", "应是 normal、urgent 或 critical",
                      "is normal, urgent or critical");
    }
    return true;
}

static bool check_field(const struct field *field, const struct value *value, struct err *err)
{
    const char *text = whole_text(value);

    switch (field->kind) {
    case FIELD_LINE:
        return check_line(field, value, err);
    case FIELD_TEXT:
        return check_text(field, value, err);
    case FIELD_LINK:
        return (text && request_is_url(text)) ||
               refuse(err, field->name, "应是 http 或 https 地址",
                      "is an address that begins with http:// or https://");
    case FIELD_FACTS:
        return check_facts(value, err);
    case FIELD_SEVERITY:
        return check_severity(value, err);
    case FIELD_TO:
        return check_to(value, err);
    case FIELD_MENTION:
        return (text && (!*text || message_is_address(text))) ||
               refuse(err, field->name, "应是地址、\"all\" 或空文本",
                      "is an address, \"all\" or empty");
    case FIELD_INSTANT:
        break;
    }
    return (value_kind(value) == VALUE_INT && value_int(value, -1) >= 0 &&
            value_int(value, -1) <= LAST_INSTANT) ||
           refuse(err, field->name, "应是毫秒计的时刻", "is an instant in milliseconds");
}

static bool refuse_key(const char *key, struct err *err)
{
    char shown[48];

    snprintf(shown, sizeof shown, "%s", key);
    text_clean(shown, ' ', "");
    err_set(err, ERR_INVALID, SAY("消息没有“%s”这一项", "a message has no \"%s\""), shown);
    return false;
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++) {
        if (strcmp(FIELDS[i].name, key) == 0) {
            return true;
        }
    }
    return false;
}

bool message_check(const struct value *message, struct err *err)
{
    if (value_kind(message) != VALUE_MAP) {
        err_set(err, ERR_INVALID, "%s", SAY("消息应是一张表", "a message is a table"));
        return false;
    }
    for (size_t i = 0; i < value_count(message); i++) {
        if (!is_known(value_key_at(message, i))) {
            return refuse_key(value_key_at(message, i), err);
        }
    }
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++) {
        const struct value *value = value_get(message, FIELDS[i].name);

        if (!value && FIELDS[i].is_needed) {
            return refuse(err, FIELDS[i].name, "缺失", "is missing");
        }
        if (value && !check_field(&FIELDS[i], value, err)) {
            return false;
        }
    }
    return true;
}
