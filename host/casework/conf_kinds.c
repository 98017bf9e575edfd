/* What a channel of each kind says about itself: one table, read by the checker and nobody else. */
#include "casework/conf_parts.h"

static const struct conf_row SHARED[] = {
    {"kind", CONF_TEXT, true, NULL},         {"serves", CONF_SERVES, false, NULL},
    {"per_minute", CONF_COUNT, false, NULL}, {"at_once", CONF_COUNT, false, NULL},
    {"expires", CONF_COUNT, false, NULL},    {"unknown", CONF_WORD, false, "retry hold"},
    {"allow", CONF_TEXTS, false, NULL},      {"ca", CONF_TEXT, false, NULL},
    {"proxy", CONF_URL, false, NULL},        {"cert", CONF_TEXT, false, NULL},
    {"cert_key", CONF_SECRET, false, NULL},  {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row WECOM_BOT[] = {
    {"url", CONF_URL, false, NULL},
    {"key", CONF_SECRET, true, NULL},
    {"format", CONF_TEXT, false, NULL},
    {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row WECOM_APP[] = {
    {"url", CONF_URL, false, NULL},     {"corp", CONF_TEXT, true, NULL},
    {"agent", CONF_COUNT, true, NULL},  {"secret", CONF_SECRET, true, NULL},
    {"format", CONF_TEXT, false, NULL}, {"party", CONF_TEXTS, false, NULL},
    {"tag", CONF_TEXTS, false, NULL},   {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row ROBOT[] = {
    {"url", CONF_URL, false, NULL},       {"token", CONF_SECRET, true, NULL},
    {"secret", CONF_SECRET, false, NULL}, {"keyword", CONF_TEXT, false, NULL},
    {"format", CONF_TEXT, false, NULL},   {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row WEBHOOK[] = {
    {"url", CONF_URL, true, NULL},
    {"secret", CONF_SECRET, true, NULL},
    {"old_secret", CONF_SECRET, false, NULL},
    {"source", CONF_TEXT, false, NULL},
    {"hub", CONF_BOOL, false, NULL},
    {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row SMTP[] = {
    {"host", CONF_TEXT, true, NULL},
    {"port", CONF_COUNT, false, NULL},
    {"tls", CONF_WORD, false, "implicit starttls none"},
    {"from", CONF_TEXT, true, NULL},
    {"name", CONF_TEXT, false, NULL},
    {"helo", CONF_TEXT, false, NULL},
    {"user", CONF_TEXT, false, NULL},
    {"password", CONF_SECRET, false, NULL},
    {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row LUA[] = {
    {"script", CONF_TEXT, true, NULL},
    {"url", CONF_URL, false, NULL},
    {"address", CONF_WORD, false, "wecom dingtalk feishu mail phone"},
    {"secrets", CONF_SECRETS, false, NULL},
    {"options", CONF_MAP, false, NULL},
    {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_row SINK[] = {
    {"folder", CONF_TEXT, false, NULL},
    {NULL, CONF_TEXT, false, NULL},
};

static const struct conf_kind KINDS[] = {
    {"wecom-bot", WECOM_BOT},
    {"wecom-app", WECOM_APP},
    {"dingtalk-bot", ROBOT},
    {"feishu-bot", ROBOT},
    {"webhook", WEBHOOK},
    {"smtp", SMTP},
    {"lua", LUA},
    {"sink", SINK},
};

const struct conf_kind *conf_kinds(size_t *count)
{
    *count = COUNT_OF(KINDS);
    return KINDS;
}

const struct conf_row *conf_shared_rows(void)
{
    return SHARED;
}
