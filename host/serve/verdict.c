/* Reading what a worker decided. The bytes come from a process that runs an office's script, so
   nothing here trusts a length, a kind or a text before it was looked at; and the whole answer is
   read before a single row of it is written. */
#include "serve/verdict.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/cases.h"

static const struct {
    const char *name;
    enum effect_kind kind;
} EFFECT_KINDS[] = {
    {"notify", EFFECT_NOTIFY}, {"document", EFFECT_DOCUMENT}, {"open", EFFECT_OPEN},
    {"signal", EFFECT_SIGNAL}, {"propose", EFFECT_PROPOSE},   {"settle", EFFECT_SETTLE},
    {"cancel", EFFECT_CANCEL}, {"withdraw", EFFECT_WITHDRAW}, {"plan", EFFECT_PLAN},
    {"unplan", EFFECT_UNPLAN}, {"close", EFFECT_CLOSE},       {"reopen", EFFECT_REOPEN},
};

static bool wrong(struct err *err, const char *what)
{
    err_set(err, ERR_INVALID, SAY("工作进程的答复有误：%s", "the worker's answer is wrong: %s"),
            what);
    return false;
}

void verdict_clear(struct verdict *verdict)
{
    mem_free(verdict->rows);
    mem_free(verdict->effects);
    buf_clear(&verdict->json);
    *verdict = (struct verdict){0};
}

static bool get_text(struct codec_in *in, size_t limit, struct arena *arena, struct span *out)
{
    const char *bytes = NULL;
    size_t length = 0;

    if (!codec_get_string(in, &bytes, &length) || length > limit || !text_is_utf8(bytes, length)) {
        return false;
    }
    *out = (struct span){arena_text(arena, bytes, length), length};
    return true;
}

static bool get_json(struct codec_in *in, struct buf *scratch, struct arena *arena,
                     struct span *out)
{
    buf_reset(scratch);
    if (!codec_get_json(in, scratch) || scratch->is_over) {
        return false;
    }
    *out = (struct span){arena_text(arena, scratch->bytes, scratch->length), scratch->length};
    return true;
}

/* The same for a place that holds a map: a table with nothing in it is no list there. */
static bool get_map_json(struct codec_in *in, struct buf *scratch, struct arena *arena,
                         struct span *out)
{
    if (!get_json(in, scratch, arena, out)) {
        return false;
    }
    if (span_is(*out, "[]")) {
        *out = span_of("{}");
    }
    return out->bytes[0] == '{';
}

/* An integer, or false for none. */
static bool get_instant(struct codec_in *in, int64_t *out)
{
    bool is_true = true;

    if (codec_peek(in) == CODEC_INT) {
        return codec_get_int(in, out) && *out >= 0;
    }
    *out = CASE_NEVER;
    return codec_get_bool(in, &is_true) && !is_true;
}

static bool get_row(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    struct verdict_row *row = &verdict->rows[verdict->row_count++];
    size_t count = 0;

    return codec_get_list(in, &count) && count == 7 && codec_get_bool(in, &row->is_input) &&
           get_text(in, VERDICT_NAME, arena, &row->kind) &&
           get_text(in, VERDICT_NAME, arena, &row->name) && codec_get_int(in, &row->at) &&
           row->at >= 0 && get_map_json(in, &verdict->json, arena, &row->body) &&
           codec_get_int(in, &row->line) && row->line >= 0 && codec_get_int(in, &row->after) &&
           row->after >= 0;
}

static bool get_rows(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    size_t count = 0;

    verdict->row_count = 0;
    if (!codec_get_list(in, &count) || count > VERDICT_ROWS) {
        return false;
    }
    if (count > verdict->row_room) {
        verdict->rows = mem_resize(verdict->rows, count * sizeof *verdict->rows);
        verdict->row_room = count;
    }
    for (size_t i = 0; i < count; i++) {
        if (!get_row(verdict, in, arena)) {
            return false;
        }
    }
    return true;
}

static bool get_effect(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    struct effect *effect = &verdict->effects[verdict->effect_count++];
    const char *kind = NULL;
    const void *start = NULL;
    size_t length = 0;
    size_t count = 0;

    if (!codec_get_list(in, &count) || count != 3 ||
        !get_text(in, VERDICT_NAME, arena, &effect->key) || !codec_get_string(in, &kind, &length)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(EFFECT_KINDS); i++) {
        if (span_is((struct span){kind, length}, EFFECT_KINDS[i].name)) {
            effect->kind = EFFECT_KINDS[i].kind;
            if (!codec_skip(in, &start, &length)) {
                return false;
            }
            effect->body = (struct span){start, length};
            return true;
        }
    }
    return false;
}

static bool get_effects(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    size_t count = 0;

    verdict->effect_count = 0;
    if (!codec_get_list(in, &count) || count > VERDICT_EFFECTS) {
        return false;
    }
    if (count > verdict->effect_room) {
        verdict->effects = mem_resize(verdict->effects, count * sizeof *verdict->effects);
        verdict->effect_room = count;
    }
    for (size_t i = 0; i < count; i++) {
        if (!get_effect(verdict, in, arena)) {
            return false;
        }
    }
    return true;
}

static bool get_refused(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    struct field fields[] = {{.name = "kind"}, {.name = "text"}};
    struct span kind;
    struct span text;
    const void *start = NULL;
    size_t length = 0;
    bool is_true = true;

    verdict->refused.kind = ERR_NONE;
    if (codec_peek(in) != CODEC_MAP) {
        return codec_get_bool(in, &is_true) && !is_true;
    }
    if (!codec_skip(in, &start, &length) ||
        !fields_read((struct span){start, length}, fields, COUNT_OF(fields), NULL) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &kind, NULL) ||
        !field_text(&fields[1], 4096, arena, &text, NULL)) {
        return false;
    }
    err_set(&verdict->refused, err_kind_named(kind.bytes), "%s", text.bytes);
    return true;
}

/* A day, or false when there is none. */
static bool get_day(struct codec_in *in, struct arena *arena, const char **out)
{
    struct span day = {NULL, 0};
    bool is_true = true;

    if (codec_peek(in) == CODEC_STRING) {
        if (!get_text(in, 16, arena, &day)) {
            return false;
        }
    } else if (!codec_get_bool(in, &is_true) || is_true) {
        return false;
    }
    *out = day.bytes;
    return true;
}

static bool get_rest(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    struct span state;

    if (!get_instant(in, &verdict->wake_at) || !get_text(in, VERDICT_NAME, arena, &state) ||
        !get_day(in, arena, &verdict->due)) {
        return false;
    }
    verdict->state = state.bytes;
    return codec_get_bool(in, &verdict->is_closed);
}

/* The record, or false while it is as it was. */
static bool get_record(struct verdict *verdict, struct codec_in *in, struct arena *arena)
{
    bool is_true = true;

    verdict->record = (struct span){NULL, 0};
    if (codec_peek(in) == CODEC_LIST || codec_peek(in) == CODEC_MAP) {
        return get_map_json(in, &verdict->json, arena, &verdict->record);
    }
    return codec_get_bool(in, &is_true) && !is_true;
}

bool verdict_read(struct verdict *verdict, struct codec_in in, struct arena *arena, struct err *err)
{
    struct codec_in last = in;
    size_t count = 0;

    if (!verdict->json.ceiling) {
        buf_init(&verdict->json, VERDICT_BODY);
    }
    if (!codec_get_list(&in, &count) || count != 10) {
        return wrong(err, SAY("不是十项", "it has not ten parts"));
    }
    /* Of a refusal nothing else is read: the rest may be anything. */
    if (!codec_get_list(&last, &count)) {
        return wrong(err, "list");
    }
    for (size_t i = 0; i < 7; i++) {
        if (!codec_skip(&last, NULL, NULL)) {
            return wrong(err, SAY("缺项", "parts are missing"));
        }
    }
    if (!get_refused(verdict, &last, arena)) {
        return wrong(err, "refused");
    }
    if (verdict->refused.kind != ERR_NONE) {
        return true;
    }
    if (!get_record(verdict, &last, arena) || !get_day(&last, arena, &verdict->late) ||
        !codec_is_done(&last)) {
        return wrong(err, "record, late");
    }
    if (!get_rows(verdict, &in, arena)) {
        return wrong(err, "rows");
    }
    if (!codec_get_string(&in, &verdict->snapshot.bytes, &verdict->snapshot.length) ||
        verdict->snapshot.length > VERDICT_SNAPSHOT) {
        return wrong(err, "snapshot");
    }
    if (!get_rest(verdict, &in, arena)) {
        return wrong(err, "wake, state, due, closed");
    }
    return get_effects(verdict, &in, arena) || wrong(err, "effects");
}

bool fields_read(struct span map, struct field *fields, size_t count, struct err *err)
{
    struct codec_in in;
    size_t pairs = 0;

    codec_begin(&in, map.bytes, map.length);
    if (codec_peek(&in) == CODEC_LIST && codec_get_list(&in, &pairs) && pairs == 0) {
        return true; /* an empty table of Lua */
    }
    if (!codec_get_map(&in, &pairs)) {
        return wrong(err, SAY("不是表", "not a map"));
    }
    while (pairs--) {
        const void *start = NULL;
        const char *key = NULL;
        size_t length = 0;

        if (codec_peek(&in) != CODEC_STRING ? !codec_skip(&in, NULL, NULL)
                                            : !codec_get_string(&in, &key, &length)) {
            return wrong(err, SAY("键有误", "a key"));
        }
        for (size_t i = 0; key && i < count; i++) {
            if (span_is((struct span){key, length}, fields[i].name)) {
                fields[i].value = in;
                fields[i].is_there = codec_peek(&in) != CODEC_NIL;
            }
        }
        if (!codec_skip(&in, &start, &length)) {
            return wrong(err, SAY("值有误", "a value"));
        }
    }
    return true;
}

bool field_text(const struct field *field, size_t limit, struct arena *arena, struct span *out,
                struct err *err)
{
    struct codec_in in = field->value;

    if (!field->is_there) {
        *out = (struct span){"", 0};
        return true;
    }
    return get_text(&in, limit, arena, out) || wrong(err, field->name);
}

bool field_json(const struct field *field, struct buf *scratch, struct arena *arena,
                const char *otherwise, struct span *out, struct err *err)
{
    struct codec_in in = field->value;

    if (!field->is_there) {
        *out = span_of(otherwise);
        return true;
    }
    return get_json(&in, scratch, arena, out) || wrong(err, field->name);
}

struct span field_bytes(const struct field *field)
{
    struct codec_in in = field->value;
    const void *start = NULL;
    size_t length = 0;

    if (!field->is_there || !codec_skip(&in, &start, &length)) {
        return (struct span){NULL, 0};
    }
    return (struct span){start, length};
}
