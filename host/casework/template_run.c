/* The places in a piece of template: Mustache's braces, half- or full-width, as a list of tokens in
   which each section knows its end. */
#include "casework/template_parts.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define NAME_LIMIT 60

struct scan {
    const struct template *template;
    const char *start;
    const char *at;
    const char *end;
    struct run *run;
    size_t room;
    size_t open[TEMPLATE_DEPTH]; /* sections not ended yet */
    size_t depth;
    struct err *err;
};

/* A tag as it stands in the source. */
struct tag {
    const char *begin; /* of its braces */
    const char *end;   /* after its braces */
    char mark;         /* '#', '^', '/', '!' or 0 for a value */
    const char *name;
    size_t length;
};

static bool starts(const char *at, const char *end, const char *mark)
{
    size_t length = strlen(mark);

    return (size_t)(end - at) >= length && memcmp(at, mark, length) == 0;
}

/* How many bytes one of two spellings takes here; 0: neither. */
static size_t either(const char *at, const char *end, const char *narrow, const char *wide)
{
    return starts(at, end, narrow) ? strlen(narrow) : starts(at, end, wide) ? strlen(wide) : 0;
}

static size_t blank(const char *at, const char *end)
{
    return at < end && (*at == ' ' || *at == '\t') ? 1 : starts(at, end, "　") ? 3 : 0;
}

static void push(struct scan *scan, enum token_kind kind, const char *bytes, size_t length)
{
    struct run *run = scan->run;

    if (run->count == scan->room) {
        scan->room = scan->room ? scan->room * 2 : 8;
        run->tokens = mem_resize(run->tokens, scan->room * sizeof *run->tokens);
    }
    run->tokens[run->count++] = (struct token){.kind = kind, .bytes = bytes, .length = length};
}

static void push_text(struct scan *scan, const char *from, const char *to)
{
    if (to > from) {
        push(scan, TOKEN_TEXT, from, (size_t)(to - from));
    }
}

static const char *find(const char *at, const char *end, const char *narrow, const char *wide)
{
    while (at < end && !either(at, end, narrow, wide)) {
        at++;
    }
    return at < end ? at : NULL;
}

/* A letter or digit, '_', '-', or any character beyond ASCII that is not a brace. */
static bool is_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)name[i];

        if (byte < 0x80 && !(byte >= '0' && byte <= '9') && !(byte >= 'a' && byte <= 'z') &&
            !(byte >= 'A' && byte <= 'Z') && byte != '_' && byte != '-') {
            return false;
        }
    }
    return length > 0 && length <= NAME_LIMIT && !find(name, name + length, "｛", "｝");
}

static bool read_mark(struct tag *tag, const char **at, const char *end)
{
    static const struct {
        const char *narrow, *wide;
    } MARKS[] = {{"#", "＃"}, {"^", "＾"}, {"/", "／"}, {"!", "！"}};

    for (size_t i = 0; i < COUNT_OF(MARKS); i++) {
        size_t length = either(*at, end, MARKS[i].narrow, MARKS[i].wide);

        if (length) {
            tag->mark = MARKS[i].narrow[0];
            *at += length;
            return true;
        }
    }
    return false;
}

/* The tag whose braces begin at scan->at. */
static bool read_tag(struct scan *scan, size_t brace, struct tag *tag)
{
    const char *at = scan->at + brace;
    const char *close = find(at, scan->end, "}}", "｝｝");

    *tag = (struct tag){.begin = scan->at, .end = scan->at};
    if (!close) {
        return template_refuse(scan->template, scan->at, scan->err,
                               SAY("{{ 没有对应的 }}", "this {{ has no }}"));
    }
    tag->end = close + either(close, scan->end, "}}", "｝｝");
    if (at < close && *at == '{' && tag->end < scan->end && *tag->end == '}') {
        at++; /* {{{name}}} is the same here */
        tag->end++;
    }
    while (blank(at, close)) {
        at += blank(at, close);
    }
    (void)read_mark(tag, &at, close);
    while (blank(at, close)) {
        at += blank(at, close);
    }
    while (close > at && (close[-1] == ' ' || close[-1] == '\t')) {
        close--;
    }
    tag->name = at;
    tag->length = (size_t)(close - at);
    if (tag->mark != '!' && !(tag->length == 1 && *at == '.') && !is_name(at, tag->length)) {
        return template_refuse(
            scan->template, tag->begin, scan->err,
            SAY("{{ }} 里应是一个名称，可在前面写 # ^ / !，如 {{number}}、{{#rows}}",
                "between {{ and }} stands a name, after # ^ / or ! if wanted, as {{number}}"));
    }
    return true;
}

static bool is_link(const struct tag *tag)
{
    return tag->mark == 0 && tag->length == 4 && memcmp(tag->name, "link", 4) == 0;
}

/* A section's tag alone on its line takes the line with it, and so does the link. */
static bool stands_alone(const struct scan *scan, const struct tag *tag, const char **from,
                         const char **to)
{
    const char *left = tag->begin;
    const char *right = tag->end;

    while (left > scan->start && (left[-1] == ' ' || left[-1] == '\t')) {
        left--;
    }
    while (right < scan->end && (*right == ' ' || *right == '\t')) {
        right++;
    }
    if ((tag->mark == 0 && !is_link(tag)) || (left > scan->start && left[-1] != '\n') ||
        (right < scan->end && *right != '\n')) {
        return false;
    }
    *from = left;
    *to = right < scan->end ? right + 1 : right;
    return true;
}

static bool begin_section(struct scan *scan, const struct tag *tag)
{
    if (scan->depth == TEMPLATE_DEPTH) {
        return template_refuse(scan->template, tag->begin, scan->err,
                               SAY("段落套得太深", "too many sections within sections"));
    }
    scan->open[scan->depth++] = scan->run->count;
    push(scan, tag->mark == '#' ? TOKEN_SECTION : TOKEN_INVERTED, tag->name, tag->length);
    return true;
}

static bool end_section(struct scan *scan, const struct tag *tag)
{
    struct token *opener;
    size_t at;

    if (!scan->depth) {
        return template_refuse(scan->template, tag->begin, scan->err,
                               SAY("这里没有要结束的段落", "no section is open here"));
    }
    at = scan->open[--scan->depth];
    opener = &scan->run->tokens[at];
    if (opener->length != tag->length || memcmp(opener->bytes, tag->name, tag->length) != 0) {
        return template_refuse(scan->template, tag->begin, scan->err,
                               SAY("段落要按相反的次序结束，这里的名称与开头不同",
                                   "sections end in the opposite order: this is another name"));
    }
    opener->partner = scan->run->count;
    push(scan, TOKEN_END, tag->name, tag->length);
    scan->run->tokens[scan->run->count - 1].partner = at;
    return true;
}

static bool take_tag(struct scan *scan, const struct tag *tag)
{
    if (tag->mark == '#' || tag->mark == '^') {
        return begin_section(scan, tag);
    }
    if (tag->mark == '/') {
        return end_section(scan, tag);
    }
    if (tag->mark == 0) {
        push(scan, TOKEN_VALUE, tag->name, tag->length);
    }
    return true;
}

bool template_read_run(const struct template *template, const char *start, const char *end,
                       struct run *out, struct err *err)
{
    struct scan scan = {
        .template = template, .start = start, .at = start, .end = end, .run = out, .err = err};
    const char *text = start;

    while (scan.at < end) {
        size_t brace = either(scan.at, end, "{{", "｛｛");
        struct tag tag;
        const char *from;
        const char *to;
        bool is_alone;

        if (!brace) {
            scan.at++;
            continue;
        }
        if (!read_tag(&scan, brace, &tag)) {
            return false;
        }
        from = tag.begin;
        to = tag.end;
        is_alone = stands_alone(&scan, &tag, &from, &to);
        push_text(&scan, text, from < text ? text : from);
        if (!(is_alone && is_link(&tag)) && !take_tag(&scan, &tag)) {
            return false;
        }
        text = scan.at = to;
    }
    push_text(&scan, text, end);
    if (scan.depth) {
        const struct token *opener = &out->tokens[scan.open[scan.depth - 1]];

        return template_refuse(
            template, opener->bytes, err,
            SAY("段落没有结束：缺少 {{/名称}}", "this section never ends: {{/name}} is missing"));
    }
    return true;
}
