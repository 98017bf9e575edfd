/* A template from its file: heading, manner, facts, text. Values are put in by template_render.c.
 */
#include "casework/template.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "casework/template_parts.h"

void template_place(const struct template *template, const char *at, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (const char *c = template->source; c < at; c++) {
        if (*c == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)*c & 0xc0) != 0x80) {
            (*column)++;
        }
    }
}

bool template_refuse(const struct template *template, const char *at, struct err *err,
                     const char *sentence)
{
    int line;
    int column;

    template_place(template, at, &line, &column);
    err_set(err, ERR_INVALID, "%s:%d:%d: %s", template->name, line, column, sentence);
    return false;
}

/* ---- the comment ---- */

/* "3天" or "12小时" in ms; 0 when it is neither. */
static int64_t read_worth(const char *text)
{
    static const struct {
        const char *word;
        int64_t ms;
    } UNITS[] = {{"天", CLOCK_DAY_MS}, {"日", CLOCK_DAY_MS}, {"小时", CLOCK_DAY_MS / 24}};
    size_t digits = strspn(text, "0123456789");
    int64_t number = 0;

    for (size_t i = 0; i < digits && i < 4; i++) {
        number = number * 10 + (text[i] - '0');
    }
    for (size_t i = 0; digits > 0 && digits <= 4 && i < COUNT_OF(UNITS); i++) {
        if (strcmp(text + digits, UNITS[i].word) == 0) {
            return number * UNITS[i].ms;
        }
    }
    return 0;
}

static bool read_severity(const char *text, int64_t *priority)
{
    static const char *const WORDS[] = {"特急", "加急", "普通"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        if (strcmp(text, WORDS[i]) == 0) {
            *priority = (int64_t)i;
            return true;
        }
    }
    return false;
}

/* One item as it is compared: "级别:加急". */
static bool read_item(struct template *template, const char *item, const char *at, struct err *err)
{
    const char *colon = strchr(item, ':');
    const char *text = colon ? colon + 1 : "";
    size_t length = colon ? (size_t)(colon - item) : strlen(item);

    if (length == strlen("级别") && memcmp(item, "级别", length) == 0) {
        return read_severity(text, &template->manner.priority) ||
               template_refuse(template, at, err,
                               SAY("级别是 普通、加急 或 特急", "级别 is 普通, 加急 or 特急"));
    }
    if (length == strlen("有效") && memcmp(item, "有效", length) == 0) {
        template->manner.worth_ms = read_worth(text);
        return template->manner.worth_ms ||
               template_refuse(template, at, err,
                               SAY("有效写成 3天 或 12小时", "有效 is written 3天 or 12小时"));
    }
    if (strcmp(item, "汇总") == 0) {
        template->manner.is_collectable = true;
        return true;
    }
    return template_refuse(
        template, at, err,
        SAY("这里只写 级别、有效、汇总，如 <!-- 级别：加急；有效：3天；汇总 -->",
            "here stand 级别, 有效 and 汇总 only, as <!-- 级别：加急；有效：3天；汇总 -->"));
}

bool template_read_manner(struct template *template, const char *start, const char *end,
                          struct err *err)
{
    char *text = mem_text_n(start, (size_t)(end - start));
    char *normal = text_normal(text);
    bool ok = true;

    for (char *item = normal; ok && item;) {
        char *next = strpbrk(item, ";,");

        if (next) {
            *next++ = '\0';
        }
        ok = !*item || read_item(template, item, start, err);
        item = next;
    }
    mem_free(normal);
    mem_free(text);
    return ok;
}

/* ---- the head ---- */

static const char *line_end(const struct template *template, const char *at)
{
    const char *end = template->source + template->length;
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline ? newline : end;
}

static const char *next_line(const struct template *template, const char *at)
{
    const char *end = line_end(template, at);

    return end < template->source + template->length ? end + 1 : end;
}

static bool is_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at == end;
}

static bool is_comment(const char *at, const char *end)
{
    return end - at >= 7 && memcmp(at, "<!--", 4) == 0 && memcmp(end - 3, "-->", 3) == 0;
}

/* The first colon, of either width, outside of braces; NULL when there is none. */
static const char *find_colon(const char *at, const char *end, size_t *width)
{
    for (; at < end; at++) {
        if (*at == '{') {
            return NULL;
        }
        if (*at == ':') {
            *width = 1;
            return at;
        }
        if (end - at >= 3 && memcmp(at, "：", 3) == 0) {
            *width = 3;
            return at;
        }
    }
    return NULL;
}

/* "- label：text"; *is_one tells whether the line is such a one. */
static bool read_fact(struct template *template, const char *at, const char *end, bool *is_one,
                      struct err *err)
{
    size_t width = 0;
    const char *colon =
        end - at > 2 && memcmp(at, "- ", 2) == 0 ? find_colon(at, end, &width) : NULL;
    struct template_fact *fact = &template->facts[template->fact_count];

    *is_one = colon != NULL;
    if (!colon) {
        return true;
    }
    if (template->fact_count == TEMPLATE_FACTS) {
        return template_refuse(template, at, err,
                               SAY("要点太多，最多 20 条", "too many facts, 20 at most"));
    }
    template->fact_count++;
    at += 2;
    colon += width;
    while (colon < end && *colon == ' ') {
        colon++;
    }
    return template_read_run(template, at, colon - width >= at ? colon - width : at, &fact->label,
                             err) &&
           template_read_run(template, colon, end, &fact->text, err);
}

/* What stands between the heading and the text; *at moves on to the text. */
static bool read_head(struct template *template, const char **at, struct err *err)
{
    const char *end = template->source + template->length;

    while (*at < end) {
        const char *stop = line_end(template, *at);
        bool is_fact = false;

        while (stop > *at && (stop[-1] == ' ' || stop[-1] == '\t')) {
            stop--;
        }
        if (is_comment(*at, stop)) {
            if (!template_read_manner(template, *at + 4, stop - 3, err)) {
                return false;
            }
        } else if (is_blank(*at, stop)) {
            if (template->fact_count) {
                return true;
            }
        } else if (!read_fact(template, *at, stop, &is_fact, err)) {
            return false;
        } else if (!is_fact) {
            return true;
        }
        *at = next_line(template, *at);
    }
    return true;
}

static bool read_all(struct template *template, struct err *err)
{
    const char *at = template->source;
    const char *end = at + template->length;
    const char *stop = line_end(template, at);

    if (stop - at < 3 || memcmp(at, "# ", 2) != 0 || is_blank(at + 2, stop)) {
        return template_refuse(template, at, err,
                               SAY("第一行应是标题，如“# 办理时限将到”",
                                   "the first line is the heading, as \"# Soon due\""));
    }
    if (!template_read_run(template, at + 2, stop, &template->title, err)) {
        return false;
    }
    at = next_line(template, at);
    if (!read_head(template, &at, err)) {
        return false;
    }
    while (at < end && is_blank(at, line_end(template, at))) {
        at = next_line(template, at);
    }
    return template_read_run(template, at, end, &template->body, err);
}

/* ---- life ---- */

static void copy_source(struct template *template, const char *text, size_t length)
{
    size_t from = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    template->source = mem_new(length + 1);
    for (size_t i = from; i < length; i++) {
        if (text[i] != '\r') {
            template->source[template->length++] = text[i];
        }
    }
}

static void hash_source(struct template *template, const char *text, size_t length)
{
    unsigned char bytes[DIGEST_SIZE];
    struct digest *digest = digest_new();

    digest_bytes(digest, text, length, bytes);
    digest_hex(bytes, template->hash);
    digest_free(digest);
}

bool template_parse(const char *name, const char *text, size_t length, struct template **out,
                    struct err *err)
{
    struct template *template;

    if (length > TEMPLATE_LIMIT || !text_is_utf8(text, length)) {
        err_set(err, ERR_INVALID, "%s:1:1: %s", name,
                length > TEMPLATE_LIMIT ? SAY("模板太大", "the template is too large")
                                        : SAY("不是有效的 UTF-8 文本", "this is not UTF-8 text"));
        return false;
    }
    template = mem_new(sizeof *template);
    template->name = mem_text(name);
    template->manner.priority = 2;
    copy_source(template, text, length);
    hash_source(template, text, length);
    if (!read_all(template, err)) {
        template_free(template);
        return false;
    }
    *out = template;
    return true;
}

void template_free(struct template *template)
{
    if (!template) {
        return;
    }
    for (size_t i = 0; i < template->fact_count; i++) {
        mem_free(template->facts[i].label.tokens);
        mem_free(template->facts[i].text.tokens);
    }
    mem_free(template->title.tokens);
    mem_free(template->body.tokens);
    mem_free(template->source);
    mem_free(template->name);
    mem_free(template);
}

const struct template_manner *template_manner(const struct template *template)
{
    return &template->manner;
}

const char *template_hash(const struct template *template)
{
    return template->hash;
}

char *template_path(const char *folder, const char *library, const char *name)
{
    const char *const roots[] = {folder, library};
    char *path = NULL;
    struct buf file;

    buf_init(&file, 512);
    buf_add_format(&file, "templates/%s.md", name);
    for (size_t i = 0; !path && !file.is_over && !strchr(name, '/') && i < COUNT_OF(roots); i++) {
        path = roots[i] ? file_join(roots[i], buf_text(&file)) : NULL;
        if (path && !file_is_there(path)) {
            mem_free(path);
            path = NULL;
        }
    }
    buf_clear(&file);
    return path;
}

bool template_load(const char *folder, const char *library, const char *name, struct template **out,
                   struct err *err)
{
    char *path = template_path(folder, library, name);
    char shown[160];
    struct buf text;
    bool ok;

    if (!path) {
        err_set(err, ERR_MISSING, SAY("没有模板 %.100s", "there is no template %.100s"), name);
        return false;
    }
    snprintf(shown, sizeof shown, "templates/%.100s.md", name);
    buf_init(&text, TEMPLATE_LIMIT + 1);
    ok = file_read(path, TEMPLATE_LIMIT, &text, err) &&
         template_parse(shown, buf_text(&text), text.length, out, err);
    buf_clear(&text);
    mem_free(path);
    return ok;
}
