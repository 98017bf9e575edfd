/* Forms as people fill them in. Only what the registry knows is looked up here: a unit or a person
   by code or by name. Everything else about a form is the business of the workflow. */
#include "serve/forms.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "casework/registry.h"
#include "serve/inside.h"

#define MARK_LINE 64

/* What separates names in one text. */
static const char *const SEPARATORS[] = {"、", "，", ",", "；", ";"};

static bool code_of(struct keeper *keeper, int64_t office_id, bool is_unit, const char *text,
                    struct value **out, struct err *err)
{
    struct unit unit;
    struct person person;

    if (is_unit ? !registry_unit_find(keeper->site, office_id, text, &unit, err)
                : !registry_person_find(keeper->site, office_id, text, &person, err)) {
        return false;
    }
    *out = value_new_text(is_unit ? unit.code : person.code);
    return true;
}

static size_t name_length(const char *text, size_t *skip)
{
    for (size_t at = 0;; at++) {
        if (!text[at]) {
            *skip = 0;
            return at;
        }
        for (size_t i = 0; i < COUNT_OF(SEPARATORS); i++) {
            size_t length = strlen(SEPARATORS[i]);

            if (strncmp(text + at, SEPARATORS[i], length) == 0) {
                *skip = length;
                return at;
            }
        }
    }
}

/* "教育厅、卫健委" as a list of codes. */
static bool codes_of(struct keeper *keeper, int64_t office_id, bool is_unit, const char *text,
                     struct value *list, struct err *err)
{
    while (*text) {
        struct value *code = NULL;
        size_t skip = 0;
        size_t length = name_length(text, &skip);
        char *name = mem_text_n(text, length);
        bool ok = length == 0 || code_of(keeper, office_id, is_unit, name, &code, err);

        mem_free(name);
        if (!ok) {
            return false;
        }
        if (code) {
            value_push(list, code);
        }
        text += length + skip;
    }
    return true;
}

static bool convert(struct keeper *keeper, int64_t office_id, const struct value *field,
                    const struct value *given, struct value **out, struct err *err)
{
    const char *kind = value_get_text(field, "kind");
    const struct value *item = value_get(field, "item");
    const char *of = value_text(item) ? value_text(item) : value_get_text(item, "kind");
    bool is_list = kind && strcmp(kind, "list") == 0;
    const char *what = is_list ? of : kind;
    bool is_unit = what && strcmp(what, "unit") == 0;
    struct value *list;

    *out = NULL;
    if (!what || (!is_unit && strcmp(what, "person") != 0)) {
        return true;
    }
    if (value_kind(given) != VALUE_NIL && !value_text(given) &&
        !(is_list && value_kind(given) == VALUE_LIST)) {
        err_set(err, ERR_INVALID, "%s", SAY("应写编码或名称", "a code or a name is expected"));
        return false;
    }
    if (!is_list) {
        return !value_text(given) || !*value_text(given) ||
               code_of(keeper, office_id, is_unit, value_text(given), out, err);
    }
    list = value_new_list();
    if (value_text(given)) {
        if (!codes_of(keeper, office_id, is_unit, value_text(given), list, err)) {
            value_free(list);
            return false;
        }
    }
    for (size_t i = 0; i < value_count(given); i++) {
        const char *text = value_text(value_at(given, i));

        if (text && !codes_of(keeper, office_id, is_unit, text, list, err)) {
            value_free(list);
            return false;
        }
    }
    *out = list;
    return true;
}

/* A level with its star, or alone in a field that is labelled 密级, in whatever a form says: no
   door leads past this one. */
static bool refuse_mark(struct keeper *keeper, const char *label, const struct value *given,
                        struct err *err)
{
    const char *text = value_text(given);
    bool is_marked = false;

    for (size_t i = 0; value_kind(given) == VALUE_LIST && i < value_count(given); i++) {
        if (!refuse_mark(keeper, label, value_at(given, i), err)) {
            return false;
        }
    }
    if (text && !keeper->site->conf.is_accredited) {
        struct buf line;

        buf_init(&line, MARK_LINE + 512);
        if (strlen(text) < MARK_LINE) { /* a level standing alone is short */
            buf_add_format(&line, "%s：%s", label, text);
        }
        is_marked = text_is_classified(text) || text_is_classified(buf_text(&line));
        buf_clear(&line);
    }
    if (is_marked) {
        err_set(err, ERR_DENIED,
                SAY("%s 带有密级标志，本系统未经保密认证，不予接收",
                    "%s carries a secrecy mark, and this site is not accredited"),
                label);
    }
    return !is_marked;
}

/* The field before the sentence, with the colon of the language. */
static void put_label(struct err *err, const char *label)
{
    struct err why = *err;

    err_set(err, why.kind, SAY("%s：%s", "%s: %s"), label, why.text);
}

bool forms_codes(struct keeper *keeper, int64_t office_id, const struct value *fields,
                 const struct value *given, struct value **out, struct err *err)
{
    struct value *copy = value_kind(given) == VALUE_MAP ? value_copy(given) : value_new_map();

    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *names[] = {value_get_text(field, "id"), value_get_text(field, "label")};

        for (size_t k = 0; k < COUNT_OF(names); k++) {
            const struct value *text = names[k] ? value_get(given, names[k]) : NULL;
            struct value *codes = NULL;

            if (text && !refuse_mark(keeper, names[1] ? names[1] : names[0], text, err)) {
                value_free(copy);
                return false;
            }
            if (text && !convert(keeper, office_id, field, text, &codes, err)) {
                put_label(err, names[1] ? names[1] : names[0]);
                value_free(copy);
                return false;
            }
            if (codes) {
                value_set(copy, names[k], codes);
            }
        }
    }
    *out = copy;
    return true;
}

static void refuse_fact(const struct value *facts, const char *name, struct err *err)
{
    struct nearest nearest;

    nearest_begin(&nearest, name);
    for (size_t i = 0; i < value_count(facts); i++) {
        const char *title = value_get_text(value_at(facts, i), "title");

        nearest_offer(&nearest, value_key_at(facts, i));
        if (title) {
            nearest_offer(&nearest, title);
        }
    }
    if (nearest.best) {
        err_set(err, ERR_MISSING,
                SAY("本流程没有“%s”这一事项，是不是“%s”？",
                    "this workflow has no fact \"%s\", did you mean \"%s\"?"),
                name, nearest.best);
    } else {
        err_set(err, ERR_MISSING, SAY("本流程没有“%s”这一事项", "this workflow has no fact \"%s\""),
                name);
    }
}

const char *forms_fact(const struct value *about, const char *name, struct err *err)
{
    const struct value *facts = value_get(about, "facts");

    for (size_t i = 0; i < value_count(facts); i++) {
        const char *id = value_key_at(facts, i);
        const char *title = value_get_text(value_at(facts, i), "title");

        if (strcmp(id, name) == 0 || (title && strcmp(title, name) == 0)) {
            return id;
        }
    }
    refuse_fact(facts, name, err);
    return NULL;
}

/* "责任单位=省教育厅；事由=…" as a map; NULL when it is no such text. The sign may be full-width.
 */
static struct value *read_pairs(const char *text)
{
    static const char *const SIGNS[] = {"=", "＝", "：", ":"};
    struct value *map = value_new_map();

    while (*text) {
        size_t length = strcspn(text, ";");
        const char *wide = strstr(text, "；");
        size_t skip = text[length] ? 1 : 0;
        char *part;
        char *sign = NULL;
        size_t width = 0;

        if (wide && (size_t)(wide - text) < length) {
            length = (size_t)(wide - text);
            skip = strlen("；");
        }
        part = mem_text_n(text, length);
        for (size_t i = 0; i < COUNT_OF(SIGNS) && !sign; i++) {
            sign = strstr(part, SIGNS[i]);
            width = strlen(SIGNS[i]);
        }
        if (sign && sign != part) {
            *sign = '\0';
            value_set_text(map, part + strspn(part, " "), sign + width + strspn(sign + width, " "));
        }
        mem_free(part);
        if (!sign && length) {
            value_free(map);
            return NULL;
        }
        text += length + skip;
    }
    return map;
}

/* The corrected content as a map, whichever way it was written; NULL leaves it to the engine. */
static struct value *read_content(const struct value *given)
{
    const char *text = value_text(given);
    struct value *map = NULL;

    if (value_kind(given) == VALUE_MAP) {
        return value_copy(given);
    }
    if (!text) {
        return NULL;
    }
    text += strspn(text, " ");
    if (*text != '{') {
        return read_pairs(text);
    }
    if (!json_parse(text, strlen(text), &map, NULL)) {
        return NULL;
    }
    return map;
}

bool forms_correction(struct keeper *keeper, int64_t office_id, const struct value *about,
                      const struct value *given, struct value **out, struct err *err)
{
    const struct value *own =
        value_get(value_get(value_get(about, "facts"), "corrected"), "fields");
    struct value *copy = value_copy(given);
    const char *name = NULL;
    const char *key = NULL;
    struct value *content;
    struct value *codes = NULL;
    bool is_record;
    const char *fact;

    for (size_t i = 0; i < value_count(own); i++) {
        const char *id = value_get_text(value_at(own, i), "id");
        const char *label = value_get_text(value_at(own, i), "label");
        const char *used = id && value_get(given, id) ? id : label;

        if (id && strcmp(id, "fact") == 0) {
            name = used ? value_get_text(given, used) : NULL;
        } else if (id && strcmp(id, "data") == 0) {
            key = used;
        }
    }
    content = key ? read_content(value_get(given, key)) : NULL;
    *out = copy;
    if (!name || !content) {
        value_free(content);
        return true;
    }
    is_record = strcmp(name, "opened") == 0 || strcmp(name, "立案") == 0;
    fact = is_record ? NULL : forms_fact(about, name, NULL);
    if (!forms_codes(
            keeper, office_id,
            is_record ? value_get(about, "fields")
                      : value_get(value_get(value_get(about, "facts"), fact ? fact : ""), "fields"),
            content, &codes, err)) {
        value_free(content);
        value_free(copy);
        *out = NULL;
        return false;
    }
    value_set(copy, key, codes);
    value_free(content);
    return true;
}
