/* channels, route, link and quiet of a configuration. Secrets are references only: whoever writes
   one into the file itself is told how to write it instead. */
#include "casework/conf_channels.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/conf_parts.h"
#include "casework/quiet.h"
#include "net/adapter.h"

#define NAME_LIMIT 40
#define TEXT_LIMIT 1000
#define COUNT_LIMIT 1000000000
#define PATH_SIZE 256

enum conf_form {
    CONF_TEXT,
    CONF_URL,
    CONF_COUNT,
    CONF_SECRET,  /* file:, env: or credential: */
    CONF_SECRETS, /* a table of them */
    CONF_TEXTS,   /* one text does as well */
    CONF_BOOL,
    CONF_MAP, /* whatever its script makes of it */
    CONF_SERVES,
    CONF_WORD /* one of some words */
};

struct conf_row {
    const char *name;
    enum conf_form form;
    const char *words; /* of CONF_WORD, separated by spaces */
};

/* What each channel may say, whatever its kind. */
static const struct conf_row SHARED[] = {
    {"kind", CONF_TEXT, NULL},        {"serves", CONF_SERVES, NULL},
    {"per_minute", CONF_COUNT, NULL}, {"at_once", CONF_COUNT, NULL},
    {"expires", CONF_COUNT, NULL},    {"unknown", CONF_WORD, "retry hold"},
    {"allow", CONF_TEXTS, NULL},      {"ca", CONF_TEXT, NULL},
    {"proxy", CONF_URL, NULL},        {"cert", CONF_TEXT, NULL},
    {"cert_key", CONF_SECRET, NULL},  {NULL, CONF_TEXT, NULL},
};

/* Keys of adapters that take one of some words. */
static const struct conf_row WORDS[] = {
    {"tls", CONF_WORD, "implicit starttls none"},
    {"address", CONF_WORD, "wecom dingtalk feishu mail phone"},
    {NULL, CONF_TEXT, NULL},
};

static bool is_channel_name(const char *name)
{
    return name && name[0] >= 'a' && name[0] <= 'z' && strlen(name) < NAME_LIMIT &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* "channels.work" and "key" as "channels.work.key". */
static void join(char out[PATH_SIZE], const char *path, const char *key)
{
    snprintf(out, PATH_SIZE, "%.180s.%.60s", path, key);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- one value ---- */

static bool is_text(const struct value *value)
{
    const char *text = value_text(value);

    return text && *text && value_length(value) <= TEXT_LIMIT &&
           text_is_utf8(text, value_length(value));
}

static bool read_secret(const struct conf_check *check, const char *path, const struct value *value)
{
    const char *text = value_text(value);

    if (text && (begins(text, "file:/") ||
                 (begins(text, "env:") && text[4] &&
                  strspn(text + 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789_") == strlen(text + 4)) ||
                 (begins(text, "credential:") && text[11] && !strchr(text + 11, '/')))) {
        return true;
    }
    return conf_refuse(
        check, path,
        "是密钥，不能写在配置里；请写 \"file:/路径\"、\"env:变量名\" 或 \"credential:名称\"",
        "is a secret, which is never written here: write \"file:/path\", \"env:NAME\" or "
        "\"credential:name\"");
}

static bool read_secrets(const struct conf_check *check, const char *path,
                         const struct value *value)
{
    if (value_kind(value) != VALUE_MAP) {
        return conf_refuse(check, path, "应是表：{ 名称 = \"file:/路径\" }",
                           "is a table: { name = \"file:/path\" }");
    }
    for (size_t i = 0; i < value_count(value); i++) {
        char inner[PATH_SIZE];

        join(inner, path, value_key_at(value, i));
        if (!read_secret(check, inner, value_at(value, i))) {
            return false;
        }
    }
    return true;
}

static bool read_texts(const struct conf_check *check, const char *path, const struct value *value)
{
    bool ok = value_kind(value) == VALUE_LIST || is_text(value);

    for (size_t i = 0; ok && i < value_count(value); i++) {
        ok = is_text(value_at(value, i));
    }
    return ok || conf_refuse(check, path, "应是字符串的列表：{ \"…\", \"…\" }",
                             "is a list of strings: { \"…\", \"…\" }");
}

static bool read_list(const struct conf_check *check, const char *path, const struct value *value)
{
    return read_texts(check, path, is_text(value) ? NULL : value);
}

/* { units = { … }, roles = { … } } */
static bool read_serves(const struct conf_check *check, const char *path, const struct value *value)
{
    if (value_kind(value) != VALUE_MAP) {
        return conf_refuse(check, path, "应是 { units = {…}, roles = {…} }",
                           "is { units = {…}, roles = {…} }");
    }
    for (size_t i = 0; i < value_count(value); i++) {
        const char *key = value_key_at(value, i);
        char inner[PATH_SIZE];
        struct nearest nearest;

        join(inner, path, key);
        nearest_begin(&nearest, key);
        nearest_offer(&nearest, "units");
        nearest_offer(&nearest, "roles");
        if (strcmp(key, "units") != 0 && strcmp(key, "roles") != 0) {
            return conf_refuse_word(check, inner, key, &nearest);
        }
        if (!read_list(check, inner, value_at(value, i))) {
            return false;
        }
    }
    return true;
}

static bool is_word_of(const char *words, const char *word)
{
    size_t length = word ? strlen(word) : 0;

    for (const char *at = words; length && at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool read_word(const struct conf_check *check, const char *path, const char *words,
                      const struct value *value)
{
    char zh[160];
    char en[160];

    if (is_word_of(words, value_text(value))) {
        return true;
    }
    snprintf(zh, sizeof zh, "应是其中之一：%s", words);
    snprintf(en, sizeof en, "is one of: %s", words);
    return conf_refuse(check, path, zh, en);
}

static bool read_url(const struct conf_check *check, const char *path, const struct value *value)
{
    const char *text = value_text(value);

    return (is_text(value) && (begins(text, "https://") || begins(text, "http://"))) ||
           conf_refuse(check, path, "应是 https:// 或 http:// 开头的地址",
                       "is an address that begins with https:// or http://");
}

static bool read_form(const struct conf_check *check, const char *path, const struct conf_row *row,
                      const struct value *value)
{
    int64_t number = value_int(value, 0);

    switch (row->form) {
    case CONF_TEXT:
        return is_text(value) || conf_refuse(check, path, "应是字符串", "is a string");
    case CONF_URL:
        return read_url(check, path, value);
    case CONF_COUNT:
        return (value_kind(value) == VALUE_INT && number > 0 && number <= COUNT_LIMIT) ||
               conf_refuse(check, path, "应是正整数", "is a whole number above 0");
    case CONF_SECRET:
        return read_secret(check, path, value);
    case CONF_SECRETS:
        return read_secrets(check, path, value);
    case CONF_TEXTS:
        return read_texts(check, path, value);
    case CONF_BOOL:
        return value_kind(value) == VALUE_BOOL ||
               conf_refuse(check, path, "应是 true 或 false", "is true or false");
    case CONF_MAP:
        return value_kind(value) == VALUE_MAP ||
               conf_refuse(check, path, "应是表：{ 名称 = 值 }", "is a table: { name = value }");
    case CONF_SERVES:
        return read_serves(check, path, value);
    case CONF_WORD:
        return read_word(check, path, row->words, value);
    }
    return false;
}

/* ---- one channel ---- */

static bool row_in(const struct conf_row *rows, const char *key, struct nearest *nearest,
                   struct conf_row *out)
{
    for (; rows->name; rows++) {
        if (nearest) {
            nearest_offer(nearest, rows->name);
        }
        if (strcmp(rows->name, key) == 0) {
            *out = *rows;
            return true;
        }
    }
    return false;
}

/* A key of the adapter itself, in the forms that are told apart here. */
static bool row_of(const struct adapter *adapter, const char *key, struct nearest *nearest,
                   struct conf_row *out)
{
    static const enum conf_form FORMS[] = {
        [KEY_TEXT] = CONF_TEXT, [KEY_URL] = CONF_URL,         [KEY_INT] = CONF_COUNT,
        [KEY_BOOL] = CONF_BOOL, [KEY_SECRET] = CONF_SECRET,   [KEY_WORDS] = CONF_TEXTS,
        [KEY_MAP] = CONF_MAP,   [KEY_SECRETS] = CONF_SECRETS,
    };

    for (const struct channel_key *known = adapter->keys; known && known->name; known++) {
        nearest_offer(nearest, known->name);
        if (strcmp(known->name, key) == 0) {
            *out = (struct conf_row){known->name, FORMS[known->kind], NULL};
            (void)row_in(WORDS, key, NULL, out);
            return true;
        }
    }
    return row_in(SHARED, key, nearest, out);
}

static const struct adapter *kind_of(const struct conf_check *check, const char *path,
                                     const struct value *channel)
{
    const char *name = value_get_text(channel, "kind");
    const struct adapter *adapter = adapter_find(name);
    char inner[PATH_SIZE];
    struct nearest nearest;
    bool is_told;

    if (adapter) {
        return adapter;
    }
    nearest_begin(&nearest, name ? name : "");
    for (size_t i = 0; adapter_at(i); i++) {
        nearest_offer(&nearest, adapter_at(i)->kind);
    }
    join(inner, path, "kind");
    is_told = name ? !conf_refuse_word(check, inner, name, &nearest)
                   : !conf_refuse(check, path, "没有写 kind，如 kind = \"smtp\"",
                                  "lacks its kind, as kind = \"smtp\"");
    return is_told ? NULL : adapter;
}

static bool has_all(const struct conf_check *check, const char *path, const struct adapter *kind,
                    const struct value *channel)
{
    for (const struct channel_key *row = kind->keys; row && row->name; row++) {
        if (row->is_needed && !value_get(channel, row->name)) {
            char zh[160];
            char en[160];

            snprintf(zh, sizeof zh, "缺少 %s", row->name);
            snprintf(en, sizeof en, "lacks %s", row->name);
            return conf_refuse(check, path, zh, en);
        }
    }
    return true;
}

static bool read_channel(const struct conf_check *check, const char *path,
                         const struct value *channel)
{
    const struct adapter *kind;

    if (value_kind(channel) != VALUE_MAP) {
        return conf_refuse(check, path, "应是表：{ kind = \"…\", … }",
                           "is a table: { kind = \"…\", … }");
    }
    kind = kind_of(check, path, channel);
    for (size_t i = 0; kind && i < value_count(channel); i++) {
        const char *key = value_key_at(channel, i);
        struct conf_row row;
        char inner[PATH_SIZE];
        struct nearest nearest;

        join(inner, path, key);
        nearest_begin(&nearest, key);
        if (!row_of(kind, key, &nearest, &row)) {
            return conf_refuse_word(check, inner, key, &nearest);
        }
        if (!read_form(check, inner, &row, value_at(channel, i))) {
            return false;
        }
    }
    return kind && has_all(check, path, kind, channel);
}

bool conf_read_channels(const struct conf_check *check, const char *key, const struct value *value)
{
    if (value_kind(value) != VALUE_MAP) {
        return conf_refuse(check, key, "应是表：{ 名称 = { kind = \"…\", … } }",
                           "is a table: { name = { kind = \"…\", … } }");
    }
    for (size_t i = 0; i < value_count(value); i++) {
        const char *name = value_key_at(value, i);
        char path[PATH_SIZE];

        join(path, key, name);
        if (!is_channel_name(name)) {
            return conf_refuse(check, path, "应由小写字母、数字和下划线组成",
                               "consists of small letters, digits and underscores");
        }
        if (!read_channel(check, path, value_at(value, i))) {
            return false;
        }
    }
    value_free(check->conf->channels);
    check->conf->channels = value_copy(value);
    return true;
}

/* ---- route, link, quiet ---- */

bool conf_read_route(const struct conf_check *check, const char *key, const struct value *value)
{
    if (value_kind(value) == VALUE_MAP && value_count(value) == 0) {
        return true; /* {} */
    }
    if (!read_list(check, key, value)) {
        return false;
    }
    value_free(check->conf->route);
    check->conf->route = value_copy(value);
    return true;
}

bool conf_check_route(const struct conf_check *check)
{
    const struct conf *conf = check->conf;

    for (size_t i = 0; i < value_count(conf->route); i++) {
        const char *name = value_text(value_at(conf->route, i));
        struct nearest nearest;

        if (value_get(conf->channels, name)) {
            continue;
        }
        nearest_begin(&nearest, name);
        for (size_t k = 0; k < value_count(conf->channels); k++) {
            nearest_offer(&nearest, value_key_at(conf->channels, k));
        }
        return conf_refuse_word(check, "route", name, &nearest);
    }
    return true;
}

bool conf_read_link(const struct conf_check *check, const char *key, const struct value *value)
{
    if (!read_url(check, key, value)) {
        return false;
    }
    mem_free(check->conf->link);
    check->conf->link = mem_text(value_text(value));
    return true;
}

bool conf_read_quiet(const struct conf_check *check, const char *key, const struct value *value)
{
    struct quiet quiet = {.from = QUIET_NEVER, .to = QUIET_NEVER};
    const struct value *workdays = value_get(value, "workdays");

    for (size_t i = 0; i < value_count(value); i++) {
        static const char *const KEYS[] = {"from", "to", "workdays"};
        const char *name = value_key_at(value, i);
        bool is_known = false;
        char path[PATH_SIZE];
        struct nearest nearest;

        join(path, key, name ? name : "");
        nearest_begin(&nearest, name ? name : "");
        for (size_t k = 0; k < COUNT_OF(KEYS); k++) {
            nearest_offer(&nearest, KEYS[k]);
            is_known = is_known || (name && strcmp(name, KEYS[k]) == 0);
        }
        if (!is_known) {
            return conf_refuse_word(check, path, name ? name : "", &nearest);
        }
    }
    if (value_kind(value) != VALUE_MAP || (workdays && value_kind(workdays) != VALUE_BOOL) ||
        ((value_get(value, "from") || value_get(value, "to")) &&
         (!conf_parse_time(value_get_text(value, "from"), &quiet.from) ||
          !conf_parse_time(value_get_text(value, "to"), &quiet.to) || quiet.from == quiet.to))) {
        return conf_refuse(check, key, "应是 { from = \"18:00\", to = \"08:30\", workdays = true }",
                           "is { from = \"18:00\", to = \"08:30\", workdays = true }");
    }
    quiet.is_workdays = value_is_true(workdays);
    check->conf->quiet = quiet;
    return true;
}

/* ---- asking ---- */

const struct value *conf_channel(const struct conf *conf, bool is_rehearsal, const char *name)
{
    return value_get(is_rehearsal ? value_get(conf->rehearsal, "channels") : conf->channels, name);
}

const struct value *conf_route(const struct conf *conf, bool is_rehearsal)
{
    return is_rehearsal ? value_get(conf->rehearsal, "route") : conf->route;
}
