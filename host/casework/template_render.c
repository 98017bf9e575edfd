/* Values into places. Each part of a message is filled by itself, so that a value with newlines or
   marks in it stays a value. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "base/text.h"
#include "casework/template.h"
#include "casework/template_parts.h"

#define LIST_DEPTH 4

/* Bytes of each part; what is longer is cut on a character. */
#define TITLE_MOST 480
#define LABEL_MOST 120
#define FACT_MOST 4000
#define BODY_MOST 60000
#define CUT_MARK "…"

struct filling {
    const struct value *frames[TEMPLATE_DEPTH + 1]; /* innermost last */
    size_t depth;
    size_t work;
    struct buf *out;
    struct value *missing; /* NULL: nobody asks */
};

/* ---- values as people read them ---- */

static bool is_iso_day(const char *text)
{
    static const char FORM[] = "dddd-dd-dd";

    if (strlen(text) != sizeof FORM - 1) {
        return false;
    }
    for (size_t i = 0; FORM[i]; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';

        if (FORM[i] == 'd' ? !is_digit : text[i] != '-') {
            return false;
        }
    }
    return true;
}

/* 2026-10-02 as 2026年10月2日. */
static void add_text(const char *text, struct buf *out)
{
    if (is_iso_day(text)) {
        const char *month = text + (text[5] == '0' ? 6 : 5);
        const char *date = text + (text[8] == '0' ? 9 : 8);

        buf_add_format(out, "%.4s年%.*s月%s日", text, (int)(text + 7 - month), month, date);
    } else {
        buf_add_text(out, text);
    }
}

/* A term or time value {kind, n, raw, date}, or a file {name}. */
static void add_map(const struct value *value, struct buf *out)
{
    static const char *const UNITS[][2] = {
        {"workdays", "个工作日"}, {"days", "日"}, {"months", "个月"}};
    const char *raw = value_get_text(value, "raw");
    const char *kind = value_get_text(value, "kind");
    const char *date = value_get_text(value, "date");
    const char *name = value_get_text(value, "name");

    if (raw || date || name) {
        add_text(raw ? raw : date ? date : name, out);
        return;
    }
    for (size_t i = 0; kind && i < COUNT_OF(UNITS); i++) {
        if (strcmp(kind, UNITS[i][0]) == 0) {
            buf_add_format(out, "%" PRId64 "%s", value_get_int(value, "n", 0), UNITS[i][1]);
        }
    }
}

static void add_value(const struct value *value, size_t depth, struct buf *out)
{
    switch (value_kind(value)) {
    case VALUE_STRING:
        add_text(value_text(value), out);
        break;
    case VALUE_INT:
        buf_add_format(out, "%" PRId64, value_int(value, 0));
        break;
    case VALUE_FLOAT:
        buf_add_format(out, "%g", value_float(value, 0));
        break;
    case VALUE_BOOL:
        buf_add_text(out, value_is_true(value) ? "是" : "否");
        break;
    case VALUE_MAP:
        add_map(value, out);
        break;
    case VALUE_LIST:
        for (size_t i = 0; depth < LIST_DEPTH && i < value_count(value) && !out->is_over; i++) {
            buf_add_text(out, i ? "、" : "");
            add_value(value_at(value, i), depth + 1, out);
        }
        break;
    case VALUE_NIL:
        break;
    }
}

/* ---- filling ---- */

static const struct value *look_up(const struct filling *filling, const struct token *token)
{
    char name[64];

    if (token->length == 1 && token->bytes[0] == '.') {
        return filling->frames[filling->depth];
    }
    memcpy(name, token->bytes, token->length);
    name[token->length] = '\0';
    for (size_t i = filling->depth + 1; i-- > 0;) {
        const struct value *found = value_kind(filling->frames[i]) == VALUE_MAP
                                        ? value_get(filling->frames[i], name)
                                        : NULL;

        if (found) {
            return found;
        }
    }
    return NULL;
}

static bool is_said(const struct value *value)
{
    switch (value_kind(value)) {
    case VALUE_NIL:
        return false;
    case VALUE_BOOL:
        return value_is_true(value);
    case VALUE_INT:
        return value_int(value, 0) != 0;
    case VALUE_STRING:
        return value_length(value) > 0;
    case VALUE_LIST:
        return value_count(value) > 0;
    case VALUE_FLOAT:
    case VALUE_MAP:
        return true;
    }
    return false;
}

static void note_missing(struct filling *filling, const struct token *token)
{
    struct value *name = value_new_string(token->bytes, token->length);

    for (size_t i = 0; i < value_count(filling->missing); i++) {
        if (value_is_equal(value_at(filling->missing, i), name)) {
            value_free(name);
            return;
        }
    }
    value_push(filling->missing, name);
}

static void fill(struct filling *filling, const struct run *run, size_t from, size_t to);

static void fill_within(struct filling *filling, const struct run *run, size_t at,
                        const struct value *frame)
{
    filling->frames[++filling->depth] = frame;
    fill(filling, run, at + 1, run->tokens[at].partner);
    filling->depth--;
}

static void fill_section(struct filling *filling, const struct run *run, size_t at)
{
    const struct value *value = look_up(filling, &run->tokens[at]);

    if (run->tokens[at].kind == TOKEN_INVERTED) {
        if (!is_said(value)) {
            fill(filling, run, at + 1, run->tokens[at].partner);
        }
    } else if (value_kind(value) == VALUE_LIST) {
        for (size_t i = 0; i < value_count(value) && filling->work < TEMPLATE_WORK; i++) {
            filling->work++;
            fill_within(filling, run, at, value_at(value, i));
        }
    } else if (is_said(value)) {
        fill_within(filling, run, at, value);
    }
}

static void fill_value(struct filling *filling, const struct token *token)
{
    const struct value *value = look_up(filling, token);

    if (value) {
        add_value(value, 0, filling->out);
    } else if (filling->missing) {
        note_missing(filling, token);
    }
}

static void fill(struct filling *filling, const struct run *run, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct token *token = &run->tokens[i];

        if (filling->work++ >= TEMPLATE_WORK || filling->out->is_over) {
            return;
        }
        if (token->kind == TOKEN_TEXT) {
            buf_add(filling->out, token->bytes, token->length);
        } else if (token->kind == TOKEN_VALUE) {
            fill_value(filling, token);
        } else if (token->kind != TOKEN_END) {
            fill_section(filling, run, i);
            i = token->partner;
        }
    }
}

/* A whole part. */
struct part {
    const struct run *run;
    size_t most;      /* bytes */
    const char *keep; /* the control characters that stay */
};

/* As text without blanks at its ends; the caller's. */
static struct value *fill_part(const struct part *part, const struct value *data,
                               struct value *missing)
{
    struct buf out;
    struct filling filling = {.frames = {data}, .out = &out, .missing = missing};
    struct value *filled;
    char *text;
    size_t start;
    size_t end;

    buf_init(&out, TEMPLATE_OUTPUT);
    fill(&filling, part->run, 0, part->run->count);
    buf_add_text(&out, ""); /* so that there are bytes to clean */
    text = out.bytes;
    if (!text) {
        buf_clear(&out);
        return value_new_text("");
    }
    text_clean(text, ' ', part->keep);
    start = strspn(text, " \t\n");
    end = strlen(text);
    while (end > start && strchr(" \t\n", text[end - 1])) {
        end--;
    }
    if (end - start > part->most) {
        text[start + part->most - strlen(CUT_MARK)] = '\0';
        text_trim(text + start);
        end = start + strlen(text + start);
        memcpy(text + end, CUT_MARK, strlen(CUT_MARK)); /* there is room: it was longer */
        end += strlen(CUT_MARK);
    }
    filled = value_new_string(text + start, end - start);
    buf_clear(&out);
    return filled;
}

struct value *template_render(const struct template *template, const struct value *data,
                              struct value *missing)
{
    struct value *message = value_new_map();
    struct value *facts = value_new_list();

    const struct part title = {&template->title, TITLE_MOST, ""};
    const struct part body = {&template->body, BODY_MOST, "\n"};

    value_set(message, "title", fill_part(&title, data, missing));
    for (size_t i = 0; i < template->fact_count; i++) {
        const struct part label = {&template->facts[i].label, LABEL_MOST, ""};
        const struct part text = {&template->facts[i].text, FACT_MOST, ""};
        struct value *fact = value_new_list();

        value_push(fact, fill_part(&label, data, missing));
        value_push(fact, fill_part(&text, data, missing));
        if (value_length(value_at(fact, 0)) && value_length(value_at(fact, 1))) {
            value_push(facts, fact);
        } else {
            value_free(fact);
        }
    }
    value_set(message, "facts", facts);
    value_set(message, "body", fill_part(&body, data, missing));
    return message;
}

/* ---- checking ---- */

struct checking {
    const struct template *template;
    const struct value *frames[TEMPLATE_DEPTH + 1]; /* maps of known names; NULL: not judged */
    size_t depth;
    struct value *findings;
};

static void complain(struct checking *checking, const struct token *token, const char *name)
{
    struct value *finding = value_new_map();
    struct nearest nearest;
    struct buf text;
    int line;
    int column;

    buf_init(&text, 512);
    nearest_begin(&nearest, name);
    for (size_t i = 0; i <= checking->depth; i++) {
        for (size_t k = 0; k < value_count(checking->frames[i]); k++) {
            nearest_offer(&nearest, value_key_at(checking->frames[i], k));
        }
    }
    buf_add_format(&text, SAY("没有谁给出“%s”", "nobody gives \"%s\""), name);
    if (nearest.best) {
        buf_add_format(&text, SAY("，是不是“%s”？", "; did you mean \"%s\"?"), nearest.best);
    }
    template_place(checking->template, token->bytes, &line, &column);
    value_set_int(finding, "line", line);
    value_set_int(finding, "column", column);
    value_set_text(finding, "text", buf_text(&text));
    value_push(checking->findings, finding);
    buf_clear(&text);
}

/* What is known of a name; *is_judged is false where anything may be. */
static const struct value *known_as(const struct checking *checking, const char *name,
                                    bool *is_judged)
{
    for (size_t i = checking->depth + 1; i-- > 0;) {
        const struct value *found;

        if (!checking->frames[i]) {
            *is_judged = false;
            return NULL;
        }
        found = value_get(checking->frames[i], name);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void check(struct checking *checking, const struct run *run, size_t from, size_t to)
{
    static const struct value *const ANYTHING = NULL;

    for (size_t i = from; i < to; i++) {
        const struct token *token = &run->tokens[i];
        const struct value *known;
        bool is_judged = true;
        char name[64];

        if (token->kind == TOKEN_TEXT || token->kind == TOKEN_END ||
            (token->length == 1 && token->bytes[0] == '.')) {
            continue;
        }
        memcpy(name, token->bytes, token->length);
        name[token->length] = '\0';
        known = known_as(checking, name, &is_judged);
        if (!known && is_judged) {
            complain(checking, token, name);
        }
        if (token->kind == TOKEN_SECTION && value_kind(known) != VALUE_BOOL) {
            checking->frames[++checking->depth] = known ? known : ANYTHING;
            check(checking, run, i + 1, token->partner);
            checking->depth--;
            i = token->partner;
        } else if (token->kind == TOKEN_SECTION && !value_is_true(known)) {
            i = token->partner; /* its shape is the script's own */
        }
    }
}

static void check_run(const struct template *template, const struct run *run,
                      const struct value *known, struct value *findings)
{
    struct checking checking = {.template = template, .frames = {known}, .findings = findings};

    check(&checking, run, 0, run->count);
}

void template_check(const struct template *template, const struct value *known,
                    struct value *findings)
{
    check_run(template, &template->title, known, findings);
    for (size_t i = 0; i < template->fact_count; i++) {
        check_run(template, &template->facts[i].label, known, findings);
        check_run(template, &template->facts[i].text, known, findings);
    }
    check_run(template, &template->body, known, findings);
}
