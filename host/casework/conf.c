/* The configuration of a site, checked key by key against one table. */
#include "casework/conf.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "casework/conf_channels.h"
#include "casework/conf_parts.h"
#include "casework/conf_text.h"

#define OPENS_AT 540
#define WORD_LIMIT 40

bool conf_refuse(const struct conf_check *check, const char *path, const char *zh, const char *en)
{
    const char *place = value_get_text(check->places, path);

    err_set(check->err, ERR_INVALID, "%s:%s: %s %s", check->name, place ? place : "1:1", path,
            SAY(zh, en));
    return false;
}

bool conf_refuse_word(const struct conf_check *check, const char *path, const char *word,
                      const struct nearest *nearest)
{
    const char *place = value_get_text(check->places, path);

    if (nearest->best) {
        err_set(check->err, ERR_INVALID,
                SAY("%s:%s: %s 不认识“%s”，最接近的是“%s”",
                    "%s:%s: %s: \"%s\" is not known; the nearest is \"%s\""),
                check->name, place ? place : "1:1", path, word, nearest->best);
    } else {
        err_set(check->err, ERR_INVALID,
                SAY("%s:%s: %s 不认识“%s”", "%s:%s: %s: \"%s\" is not known"), check->name,
                place ? place : "1:1", path, word);
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool conf_parse_time(const char *text, int64_t *minutes)
{
    size_t digits = text && is_digit(text[0]) && is_digit(text[1]) ? 2 : 1; /* of the hour */
    int64_t hour = 0;
    int64_t minute = 0;

    if (!text || strlen(text) != digits + 3 || !is_digit(text[0]) || text[digits] != ':' ||
        !is_digit(text[digits + 1]) || !is_digit(text[digits + 2])) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        hour = hour * 10 + (text[i] - '0');
    }
    minute = (text[digits + 1] - '0') * 10 + (text[digits + 2] - '0');
    if (hour > 23 || minute > 59) {
        return false;
    }
    *minutes = hour * 60 + minute;
    return true;
}

static bool read_office(const struct conf_check *check, const char *key, const struct value *value)
{
    const char *text = value_text(value);

    if (!text || strlen(text) != 6 || strspn(text, "0123456789") != 6) {
        return conf_refuse(check, key, "应是六位区划代码，如 \"430000\"",
                           "is a region code of six digits, such as \"430000\"");
    }
    check->conf->office = mem_text(text);
    return true;
}

static bool read_opens_at(const struct conf_check *check, const char *key,
                          const struct value *value)
{
    if (!conf_parse_time(value_text(value), &check->conf->opens_at)) {
        return conf_refuse(check, key, "应是一天中的时刻，如 \"09:00\"",
                           "is a time of day, such as \"09:00\"");
    }
    return true;
}

static bool read_confinement(const struct conf_check *check, const char *key,
                             const struct value *value)
{
    const char *text = value_text(value);
    bool is_none = text && strcmp(text, "allow_none") == 0;

    if (!is_none && (!text || strcmp(text, "require") != 0)) {
        return conf_refuse(check, key, "应是 \"require\" 或 \"allow_none\"",
                           "is \"require\" or \"allow_none\"");
    }
    check->conf->is_confinement_required = !is_none;
    return true;
}

static bool read_bool(const struct conf_check *check, const char *key, const struct value *value,
                      bool *out)
{
    if (value_kind(value) != VALUE_BOOL) {
        return conf_refuse(check, key, "应是 true 或 false", "is true or false");
    }
    *out = value_is_true(value);
    return true;
}

static bool read_approve_alone(const struct conf_check *check, const char *key,
                               const struct value *value)
{
    return read_bool(check, key, value, &check->conf->may_approve_alone);
}

static bool read_accredited(const struct conf_check *check, const char *key,
                            const struct value *value)
{
    return read_bool(check, key, value, &check->conf->is_accredited);
}

static bool is_role_name(const char *name)
{
    return name[0] >= 'a' && name[0] <= 'z' && strlen(name) < WORD_LIMIT &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool read_roles(const struct conf_check *check, const char *key, const struct value *value)
{
    if (value_kind(value) != VALUE_MAP) {
        return conf_refuse(check, key, "应是表：{ 角色名 = \"标题\" }",
                           "is a table: { name = \"title\" }");
    }
    for (size_t i = 0; i < value_count(value); i++) {
        const char *name = value_key_at(value, i);
        const char *title = value_text(value_at(value, i));
        char path[160];

        snprintf(path, sizeof path, "%s.%s", key, name);
        if (!is_role_name(name)) {
            return conf_refuse(check, path, "应由小写字母、数字和下划线组成",
                               "consists of small letters, digits and underscores");
        }
        if (!title || !*title || strlen(title) > 60) {
            return conf_refuse(check, path, "应是一个不长的标题", "is a short title");
        }
    }
    value_free(check->conf->roles);
    check->conf->roles = value_copy(value);
    return true;
}

/* The one channel of a rehearsal, and the way to it. */
static struct value *rehearsal(void)
{
    struct value *map = value_new_map();
    struct value *channels = value_new_map();
    struct value *sink = value_new_map();
    struct value *route = value_new_list();

    value_set_text(sink, "kind", "sink");
    value_set(channels, CONF_SINK, sink);
    value_push(route, value_new_text(CONF_SINK));
    value_set(map, "channels", channels);
    value_set(map, "route", route);
    return map;
}

struct conf_key {
    const char *name;
    bool (*read)(const struct conf_check *check, const char *key, const struct value *value);
};

static const struct conf_key KEYS[] = {
    {"office", read_office},           {"opens_at", read_opens_at},
    {"confinement", read_confinement}, {"approve_alone", read_approve_alone},
    {"accredited", read_accredited},   {"roles", read_roles},
    {"channels", conf_read_channels},  {"route", conf_read_route},
    {"link", conf_read_link},          {"quiet", conf_read_quiet},
};

static bool refuse_key(const struct conf_check *check, const char *key)
{
    const char *place = value_get_text(check->places, key);
    struct nearest nearest;

    nearest_begin(&nearest, key);
    nearest.distance = SIZE_MAX; /* there are few: the nearest helps however far it is */
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        nearest_offer(&nearest, KEYS[i].name);
    }
    err_set(check->err, ERR_INVALID,
            SAY("%s:%s: 没有“%s”这个配置项，最接近的是“%s”",
                "%s:%s: there is no key \"%s\"; the nearest is \"%s\""),
            check->name, place ? place : "1:1", key, nearest.best);
    return false;
}

static bool read_tree(const struct conf_check *check, const struct value *tree)
{
    for (size_t i = 0; i < value_count(tree); i++) {
        const char *key = value_key_at(tree, i);
        const struct conf_key *known = NULL;

        for (size_t k = 0; key && k < COUNT_OF(KEYS); k++) {
            known = strcmp(key, KEYS[k].name) == 0 ? &KEYS[k] : known;
        }
        if (!key) {
            return conf_refuse(check, "office", "应写成 名称 = 值", "is written as name = value");
        }
        if (!known) {
            return refuse_key(check, key);
        }
        if (!known->read(check, key, value_at(tree, i))) {
            return false;
        }
    }
    if (!check->conf->office) {
        return conf_refuse(check, "office", "没有写，应是本办的区划代码",
                           "is missing; it is the region code of the office");
    }
    return conf_check_route(check);
}

bool conf_parse(const char *name, const char *text, size_t length, struct conf *out,
                struct err *err)
{
    bool ok = false;
    struct value *tree = NULL;
    struct value *places = NULL;
    struct conf conf = {.opens_at = OPENS_AT,
                        .is_confinement_required = true,
                        .quiet = {.from = QUIET_NEVER, .to = QUIET_NEVER}};
    struct conf_check check = {.name = name, .conf = &conf, .err = err};

    conf.roles = value_new_map();
    conf.channels = value_new_map();
    conf.route = value_new_list();
    conf.rehearsal = rehearsal();
    if (!conf_text_parse(name, text, length, &tree, &places, err)) {
        goto done;
    }
    check.places = places;
    if (!read_tree(&check, tree)) {
        goto done;
    }
    *out = conf;
    memset(&conf, 0, sizeof conf); /* the caller owns it now */
    ok = true;
done:
    conf_clear(&conf);
    value_free(tree);
    value_free(places);
    return ok;
}

bool conf_read(const char *folder, struct conf *out, struct err *err)
{
    bool ok = false;
    char *path = file_join(folder, CONF_FILE);
    struct buf text;

    buf_init(&text, CONF_LIMIT);
    ok = file_read(path, CONF_LIMIT, &text, err) &&
         conf_parse(CONF_FILE, buf_text(&text), text.length, out, err);
    buf_clear(&text);
    mem_free(path);
    return ok;
}

/* How messages go out, for whoever takes the dashes away. */
static void add_examples(struct buf *text)
{
    buf_add_text(
        text,
        SAY("  -- 消息怎样送到人：去掉行首的“--”，换成自己的；各平台的写法见 docs/messages.md。\n"
            "  -- 密钥不写在这里，只写到哪里取：file:文件、env:环境变量、credential:凭据。\n"
            "  -- 改好后执行 duban doctor，再执行 duban channel test 渠道名。\n",
            "  -- How messages reach people: take the dashes away; docs/messages.md has them all.\n"
            "  -- A secret is never written here, only where it is: file:, env: or credential:.\n"
            "  -- Afterwards: duban doctor, then duban channel test NAME.\n"));
    buf_add_format(text,
                   "  -- channels = {\n"
                   "  --   box = { kind = \"sink\" }, -- %s\n",
                   SAY("只存成文件，在 sent 里", "only files, in the folder sent"));
    buf_add_text(text,
                 "  --   work = { kind = \"wecom-bot\", key = \"file:/etc/duban/wecom.key\" },\n"
                 "  --   ding = { kind = \"dingtalk-bot\", token = \"env:DING_TOKEN\",\n"
                 "  --            secret = \"credential:ding\" },\n"
                 "  --   mail = { kind = \"smtp\", host = \"mail.example.cn\", port = 465,\n"
                 "  --            from = \"duban@example.cn\", user = \"duban\",\n"
                 "  --            password = \"file:/etc/duban/mail.key\" },\n"
                 "  -- },\n");
    buf_add_format(text, "  -- route = { \"work\", \"mail\" }, -- %s\n",
                   SAY("依次试，用第一个能送到本人的", "the first that reaches the person"));
    buf_add_format(text, "  -- link = \"https://duban.example.cn/case/\", -- %s\n",
                   SAY("消息里的链接，后接案号", "in messages, before the number"));
    buf_add_format(text,
                   "  -- quiet = { from = \"18:00\", to = \"08:30\", workdays = true }, -- %s\n",
                   SAY("免打扰", "quiet hours"));
}

bool conf_write(const char *folder, const char *office, struct err *err)
{
    bool ok;
    char *path = file_join(folder, CONF_FILE);
    struct buf text;

    buf_init(&text, CONF_LIMIT);
    buf_add_text(&text, SAY("-- 本站点的配置：只是数据，不会执行。\n",
                            "-- The configuration of this site: data, never executed.\n"));
    buf_add_text(&text, "return {\n");
    buf_add_format(&text, "  office = \"%s\", -- %s\n", office,
                   SAY("不写 --office 时用的机构", "the office used without --office"));
    buf_add_format(&text, "  opens_at = \"09:00\", -- %s\n",
                   SAY("上班时刻，督办梯级在这时触发", "opening hour, when rungs fire"));
    buf_add_format(&text, "  confinement = \"require\", -- %s\n",
                   SAY("没有沙箱就不运行脚本；\"allow_none\" 放宽",
                       "no script runs without its sandbox; \"allow_none\" lets it"));
    buf_add_format(&text, "  approve_alone = false, -- %s\n",
                   SAY("起草人能否自己批准版本", "whether authors may approve their own versions"));
    buf_add_format(&text, "  accredited = false, -- %s\n",
                   SAY("是否为分级保护网络", "whether this network may hold classified texts"));
    buf_add_format(&text, "  roles = {}, -- %s\n",
                   SAY("本办自有的角色：{ 角色名 = \"标题\" }", "own roles: { name = \"title\" }"));
    add_examples(&text);
    buf_add_text(&text, "}\n");
    ok = file_write(path, text.bytes, text.length, 0644, err);
    buf_clear(&text);
    mem_free(path);
    return ok;
}

void conf_clear(struct conf *conf)
{
    if (conf) {
        mem_free(conf->office);
        mem_free(conf->link);
        value_free(conf->roles);
        value_free(conf->channels);
        value_free(conf->route);
        value_free(conf->rehearsal);
        memset(conf, 0, sizeof *conf);
    }
}
