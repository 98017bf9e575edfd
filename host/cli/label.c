/* Names for people. A version describes itself (versions.about); units and people are looked up in
   the registry. Nothing here fails: what has no name is shown by its id, so that a list is never
   cut short. */
#include "cli/label.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#define TEMPLATE_MAX ((size_t)256 * 1024)

const char *label_title(const struct value *about, const char *group, const char *id)
{
    const struct value *one = value_get(value_get(about, group), id);
    const char *title = value_get_text(one, "title");

    return title ? title : id;
}

const struct value *label_field(const struct value *fields, const char *name)
{
    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *id = value_get_text(field, "id");
        const char *label = value_get_text(field, "label");

        if ((id && strcmp(id, name) == 0) || (label && strcmp(label, name) == 0)) {
            return field;
        }
    }
    return NULL;
}

const struct value *label_form_of(const struct value *about, const char *fact)
{
    return value_get(value_get(value_get(about, "facts"), fact), "fields");
}

const char *label_id(const struct value *about, const char *group, const char *word)
{
    const struct value *map = value_get(about, group);

    if (value_get(map, word)) {
        return word;
    }
    for (size_t i = 0; i < value_count(map); i++) {
        const char *title = value_get_text(value_at(map, i), "title");

        if (title && strcmp(title, word) == 0) {
            return value_key_at(map, i);
        }
    }
    return NULL;
}

void label_span(const struct value *span, struct buf *out)
{
    const char *kind = value_get_text(span, "kind");
    int64_t n = value_get_int(span, "n", 0);
    const char *unit = NULL;

    if (!kind) {
        return;
    }
    if (strcmp(kind, "workdays") == 0) {
        unit = SAY("个工作日", " working day");
    } else if (strcmp(kind, "days") == 0) {
        unit = SAY("日", " day");
    } else if (strcmp(kind, "months") == 0) {
        unit = SAY("个月", " month");
    } else if (strcmp(kind, "date") == 0) {
        const char *date = value_get_text(span, "date");

        buf_add_text(out, date ? date : "");
        return;
    } else {
        const char *raw = value_get_text(span, "raw");

        buf_add_text(out, raw ? raw : SAY("长期", "open-ended"));
        return;
    }
    buf_add_format(out, "%" PRId64 "%s%s", n, unit, text_is_zh() || n == 1 || n == -1 ? "" : "s");
}

/* The name a code has under sql, or the code. */
static void name_of(const struct labels *labels, const char *sql, const char *code, struct buf *out)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (labels->store && store_ask(labels->store, sql, &stmt, NULL, "t", code) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        buf_add_text(out, stmt_text(stmt, 0, NULL));
    } else {
        buf_add_text(out, code);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
}

void label_unit(const struct labels *labels, const char *code, struct buf *out)
{
    name_of(labels, "SELECT name FROM units WHERE code = $1", code, out);
}

void label_person(const struct labels *labels, const char *code, struct buf *out)
{
    name_of(labels, "SELECT name FROM people WHERE code = $1", code, out);
}

void label_workflow(const struct labels *labels, const char *workflow, struct buf *out)
{
    name_of(labels,
            "SELECT title FROM versions WHERE workflow = $1 ORDER BY version_id DESC LIMIT 1",
            workflow, out);
}

void label_outcome(const struct labels *labels, const char *number, const char *outcome,
                   struct buf *out)
{
    struct value *about = NULL;
    struct buf text;

    buf_init(&text, (size_t)8 * 1024 * 1024);
    name_of(labels,
            "SELECT v.about FROM cases AS c JOIN activations AS a ON a.activation_id = "
            "c.activation_id JOIN versions AS v ON v.version_id = a.version_id "
            "WHERE c.number = $1",
            number, &text);
    if (!json_parse(buf_text(&text), text.length, &about, NULL)) {
        about = NULL;
    }
    buf_add_text(out, label_title(about, "states", outcome));
    value_free(about);
    buf_clear(&text);
}

/* "# 移交事项待签收" on the first line of the file; false when there is none. */
/* A heading's places are filled in a message only; here each is an ellipsis. */
static void add_words(const char *line, size_t length, struct buf *out)
{
    const char *end = line + length;

    while (line < end) {
        bool is_place = end - line > 2 && strncmp(line, "{{", 2) == 0;
        const char *close = is_place ? strstr(line, "}}") : NULL;

        if (close && close < end) {
            buf_add_text(out, "…");
            line = close + 2;
        } else {
            buf_add_byte(out, (unsigned char)*line++);
        }
    }
}

static bool add_heading(const char *folder, const char *file, struct buf *out)
{
    char *path = file_join(folder, file);
    bool is_there = false;
    const char *line;
    struct buf text;

    buf_init(&text, TEMPLATE_MAX + 1);
    if (file_is_there(path) && file_read(path, TEMPLATE_MAX, &text, NULL)) {
        line = buf_text(&text);
        if (strncmp(line, "# ", 2) == 0 && line[2] != '\n') {
            add_words(line + 2, strcspn(line + 2, "\r\n"), out);
            is_there = true;
        }
    }
    buf_clear(&text);
    mem_free(path);
    return is_there;
}

void label_template(const struct site *site, const char *name, struct buf *out)
{
    struct buf file;

    buf_init(&file, 512);
    buf_add_format(&file, "templates/%s.md", name);
    if (strchr(name, '/') || file.is_over ||
        (!add_heading(site->folder, buf_text(&file), out) &&
         !add_heading(site->library, buf_text(&file), out))) {
        buf_add_text(out, name);
    }
    buf_clear(&file);
}

static void add_money(int64_t fen, struct buf *out)
{
    uint64_t size = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;

    buf_add_format(out, "%s%" PRIu64 ".%02" PRIu64 "%s", fen < 0 ? "-" : "", size / 100, size % 100,
                   SAY("元", " yuan"));
}

static void add_scalar(const struct value *value, struct buf *out)
{
    switch (value_kind(value)) {
    case VALUE_BOOL:
        buf_add_text(out, value_is_true(value) ? SAY("是", "yes") : SAY("否", "no"));
        break;
    case VALUE_INT:
        buf_add_format(out, "%" PRId64, value_int(value, 0));
        break;
    case VALUE_FLOAT:
        buf_add_format(out, "%g", value_float(value, 0));
        break;
    case VALUE_STRING:
        buf_add_text(out, value_text(value));
        break;
    case VALUE_NIL:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
}

/* A file {name, digest, size}, a term {kind, n, raw} or a time value. */
static void add_map(const struct value *value, struct buf *out)
{
    const char *name = value_get_text(value, "name");
    const char *raw = value_get_text(value, "raw");

    if (name) {
        buf_add_format(out, "%s（%" PRId64 "%s）", name, value_get_int(value, "size", 0),
                       SAY("字节", " bytes"));
    } else if (raw) {
        buf_add_text(out, raw);
    } else {
        label_span(value, out);
    }
}

static void add_item(const struct labels *labels, const char *kind, const struct value *value,
                     struct buf *out)
{
    const char *text = value_text(value);

    if (text && strcmp(kind, "unit") == 0) {
        label_unit(labels, text, out);
    } else if (text && strcmp(kind, "person") == 0) {
        label_person(labels, text, out);
    } else if (value_kind(value) == VALUE_INT && strcmp(kind, "money") == 0) {
        add_money(value_int(value, 0), out);
    } else if (value_kind(value) == VALUE_MAP) {
        add_map(value, out);
    } else {
        add_scalar(value, out);
    }
}

void label_value(const struct labels *labels, const struct value *field, const struct value *value,
                 struct buf *out)
{
    const char *kind = value_get_text(field, "kind");
    const char *item = value_get_text(field, "item");

    if (value_kind(value) != VALUE_LIST) {
        add_item(labels, kind ? kind : "", value, out);
        return;
    }
    for (size_t i = 0; i < value_count(value); i++) {
        buf_add_text(out, i ? "、" : "");
        add_item(labels, item ? item : "", value_at(value, i), out);
    }
}

void label_values(const struct labels *labels, const struct value *fields,
                  const struct value *values, struct buf *out)
{
    bool is_first = true;

    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *id = value_get_text(field, "id");
        const char *label = value_get_text(field, "label");
        const struct value *value = id ? value_get(values, id) : NULL;

        if (value_kind(value) == VALUE_NIL ||
            (value_kind(value) == VALUE_LIST && !value_count(value))) {
            continue;
        }
        buf_add_format(out, "%s%s ", is_first ? "" : SAY("；", "; "), label ? label : id);
        label_value(labels, field, value, out);
        is_first = false;
    }
}
