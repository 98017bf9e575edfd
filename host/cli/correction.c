/* The row of a correction holds what is right now. What stood there before is read out of the rows
   before it: the fact itself, then what was corrected or kept since. */
#include "cli/correction.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/value.h"

struct past {
    const struct value *about;
    const char *fact;     /* the corrected one */
    struct value *fields; /* what it said, before the correction */
    struct value *body;   /* of the correction; NULL: not met */
};

static const char *target_of(const struct value *body)
{
    const char *fact = value_get_text(value_get(body, "form"), "fact");

    return fact ? fact : "";
}

static void overlay(struct value *into, const struct value *from)
{
    for (size_t i = 0; i < value_count(from) && value_kind(from) == VALUE_MAP; i++) {
        value_set(into, value_key_at(from, i), value_copy(value_at(from, i)));
    }
}

/* A fact may keep fields of its form for the record. */
static void overlay_kept(struct past *past, const char *name, const struct value *form)
{
    const struct value *fields = label_form_of(past->about, name);

    for (size_t i = 0; i < value_count(fields); i++) {
        const char *id = value_get_text(value_at(fields, i), "id");
        const struct value *value = id ? value_get(form, id) : NULL;

        if (value && value_get_bool(value_at(fields, i), "keeps")) {
            value_set(past->fields, id, value_copy(value));
        }
    }
}

static void take_row(struct past *past, const char *name, const struct value *body)
{
    bool is_record = strcmp(past->fact, "opened") == 0;
    const struct value *form = value_get(body, "form");

    if (strcmp(name, "corrected") == 0) {
        if (strcmp(target_of(body), past->fact) == 0) {
            overlay(past->fields, value_get(form, "data"));
        }
    } else if (strcmp(name, past->fact) == 0) {
        value_free(past->fields);
        past->fields = value_new_map();
        overlay(past->fields, is_record ? value_get(body, "record") : form);
    } else if (is_record) {
        overlay_kept(past, name, form);
    }
}

static bool read_body(const struct stmt *stmt, int column, struct value **body)
{
    size_t length = 0;
    const char *text = stmt_text(stmt, column, &length);

    return text && json_parse(text, length, body, NULL);
}

/* The rows before seq, oldest first. */
static bool read_past(struct store *store, int64_t case_id, int64_t seq, struct past *past,
                      struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store,
                        "SELECT name, body FROM events WHERE case_id = $1 AND seq < $2"
                        " AND kind = 'fact' ORDER BY seq",
                        &stmt, err, "ii", case_id, seq);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct value *body = NULL;

        if (read_body(stmt, 1, &body)) {
            take_row(past, stmt_text(stmt, 0, NULL), body);
        }
        value_free(body);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static bool read_correction(struct store *store, int64_t case_id, int64_t seq, struct past *past,
                            struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store,
                        "SELECT body FROM events WHERE case_id = $1 AND seq = $2"
                        " AND kind = 'fact' AND name = 'corrected'",
                        &stmt, err, "ii", case_id, seq) &&
              stmt_step(stmt, &has_row, err);

    if (ok && has_row && !read_body(stmt, 0, &past->body)) {
        past->body = NULL;
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* One field, when it changed. */
static void add_change(const struct labels *labels, const struct past *past, const char *id,
                       const struct value *value, bool is_first, struct buf *out)
{
    const struct value *fields = strcmp(past->fact, "opened") == 0
                                     ? value_get(labels->about, "fields")
                                     : label_form_of(labels->about, past->fact);
    const struct value *field = label_field(fields, id);
    const struct value *before = value_get(past->fields, id);
    const char *label = value_get_text(field, "label");

    buf_add_format(out, "%s%s ", is_first ? SAY("：", ": ") : SAY("；", "; "), label ? label : id);
    if (before && value_kind(before) != VALUE_NIL) {
        label_value(labels, field, before, out);
    } else {
        buf_add_text(out, SAY("（空）", "(empty)"));
    }
    buf_add_text(out, " → ");
    label_value(labels, field, value, out);
}

static void add_changes(const struct labels *labels, const struct past *past, struct buf *out)
{
    const struct value *form = value_get(past->body, "form");
    const struct value *data = value_get(form, "data");
    const char *occurred = value_get_text(form, "occurred");
    const char *reason = value_get_text(form, "reason");
    bool is_first = true;

    for (size_t i = 0; value_kind(data) == VALUE_MAP && i < value_count(data); i++) {
        const char *id = value_key_at(data, i);

        if (!value_is_equal(value_at(data, i), value_get(past->fields, id))) {
            add_change(labels, past, id, value_at(data, i), is_first, out);
            is_first = false;
        }
    }
    if (occurred) {
        buf_add_format(out, "%s%s %s", is_first ? SAY("：", ": ") : SAY("；", "; "),
                       SAY("发生日期", "happened on"), occurred);
        is_first = false;
    }
    if (is_first) {
        buf_add_text(out, SAY("：内容未变", ": nothing changes"));
    }
    if (reason) {
        buf_add_format(out, SAY("（理由：%s）", " (reason: %s)"), reason);
    }
}

bool correction_say(const struct labels *labels, int64_t case_id, int64_t seq, struct buf *out,
                    struct err *err)
{
    struct past past = {.about = labels->about};
    bool ok = read_correction(labels->store, case_id, seq, &past, err);

    if (ok && past.body) {
        past.fields = value_new_map();
        past.fact = target_of(past.body);
        ok = read_past(labels->store, case_id, seq, &past, err);
    }
    if (ok && past.body) {
        buf_add_format(out, SAY("更正 %s", "corrects %s"),
                       strcmp(past.fact, "opened") == 0
                           ? SAY("立案", "the opening")
                           : label_title(labels->about, "facts", past.fact));
        add_changes(labels, &past, out);
    }
    value_free(past.fields);
    value_free(past.body);
    return ok;
}
