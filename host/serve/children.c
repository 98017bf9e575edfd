/* The effects of a decision that reach other cases: opened, joined, signalled, withdrawn, told of
   an end. Each is an input put down on the other case in the same transaction; it is decided in a
   later wave. */
#include <string.h>

#include "base/codec.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/numbers.h"
#include "serve/inside.h"
#include "serve/scene.h"

#define CHILDREN_MOST 5000

int64_t record_unit(struct keeper *keeper, const struct value *about, const struct value *record)
{
    const struct value *fields = value_get(about, "fields");

    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *kind = value_get_text(field, "kind");
        const char *id = value_get_text(field, "id");
        const char *code = id ? value_get_text(record, id) : NULL;
        struct err unsaid = {0};
        int64_t unit_id = 0;

        if (kind && code && strcmp(kind, "unit") == 0) {
            return store_one_int(keeper->store, "SELECT unit_id FROM units WHERE code = $1",
                                 &unit_id, &unsaid, "t", code)
                       ? unit_id
                       : 0;
        }
    }
    return 0;
}

bool opening_add(struct keeper *keeper, const struct opening *opening,
                 char number[static CASE_NUMBER_SIZE], int64_t *case_id, struct err *err)
{
    bool ok = false;
    const struct bureau *bureau = opening->bureau;
    int64_t year = number_year(opening->at);
    int64_t taken = 0;
    struct case_new row = {.number = number,
                           .office_id = bureau->office_id,
                           .workflow = opening->crew->is.workflow,
                           .activation_id = opening->crew->is.activation_id,
                           .parent_id = opening->parent_id,
                           .join_key = opening->join_key,
                           .opened_at = opening->at};
    struct buf json;

    buf_init(&json, VERDICT_BODY);
    json_write(opening->record, &json);
    if (json.is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("登记内容过大", "the record is too large"));
        goto done;
    }
    row.record = buf_text(&json);
    row.unit_id = record_unit(keeper, opening->crew->about, opening->record);
    if (!number_take(keeper->site, bureau->office_id, opening->crew->is.code, year, &taken, err)) {
        goto done;
    }
    number_format_case(bureau->code, year, opening->crew->is.code, taken, number);
    ok = cases_add(keeper->store, &row, case_id, err);
    keeper->done.opened += ok;
done:
    buf_clear(&json);
    return ok;
}

static struct value *who_i_am(const struct item *item)
{
    struct value *from = value_new_map();

    value_set_text(from, "number", item->number);
    value_set_text(from, "workflow", item->workflow);
    return from;
}

/* One input for another case, in the next round of this instant. */
static bool put(struct scene *scene, int64_t case_id, const char *kind, const char *name,
                const struct value *body, struct err *err)
{
    struct buf *json = &scene->keeper->scratch;
    const char *text;

    buf_reset(json);
    json_write(body, json);
    if (json->is_over || json->length > VERDICT_BODY) { /* the sender answers for it */
        err_set(err, ERR_INVALID,
                SAY("交给另一案件的内容过大：%s", "what goes to another case is too large: %s"),
                name);
        return false;
    }
    text = arena_text(&scene->batch->arena, buf_text(json), json->length);
    return apply_pending(scene->keeper, scene,
                         &(struct pending){.case_id = case_id,
                                           .kind = kind,
                                           .name = name,
                                           .body = text,
                                           .at = scene->at,
                                           .now = scene->item->now,
                                           .round = scene->item->place.round + 1},
                         err);
}

struct wanted {
    struct span workflow;
    struct span join;
    struct value *with;
    const char *key; /* of the effect */
};

static bool read_open(struct scene *scene, const struct effect *effect, struct wanted *out,
                      struct err *err)
{
    struct field fields[] = {{.name = "workflow"}, {.name = "join"}, {.name = "with"}};
    struct arena *arena = &scene->batch->arena;
    struct codec_in with;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &out->workflow, err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &out->join, err)) {
        return false;
    }
    with = fields[2].value;
    if (fields[2].is_there && !codec_get_value(&with, &out->with)) {
        err_set(err, ERR_INVALID, "%s: with", effect->key.bytes);
        return false;
    }
    if (value_kind(out->with) != VALUE_MAP) {
        value_free(out->with);
        out->with = value_new_map();
    }
    out->key = effect->key.bytes;
    return true;
}

/* What openings share to become one case: the field join names, and what stands in it. */
static bool join_key(struct scene *scene, const struct wanted *wanted, const char **key,
                     struct err *err)
{
    struct buf *json = &scene->keeper->scratch;
    const struct value *value = value_get(wanted->with, wanted->join.bytes);

    buf_reset(json);
    buf_add_text(json, wanted->join.bytes);
    if (value) {
        buf_add_byte(json, '=');
        json_write(value, json);
    }
    if (json->is_over || json->length > VERDICT_BODY) {
        err_set(err, ERR_INVALID, "%s: join", wanted->key);
        return false;
    }
    *key = arena_text(&scene->batch->arena, buf_text(json), json->length);
    return true;
}

static bool open_new(struct scene *scene, const struct wanted *wanted, const char *join,
                     struct err *err)
{
    bool ok = false;
    struct keeper *keeper = scene->keeper;
    struct opening opening = {.bureau = scene->bureau,
                              .record = wanted->with,
                              .parent_id = scene->item->place.case_id,
                              .join_key = join,
                              .at = scene->at};
    struct activation active = {0};
    struct value *body = value_new_map();
    struct value *told = value_new_map();
    struct value *parent = who_i_am(scene->item);
    char number[CASE_NUMBER_SIZE];
    int64_t case_id = 0;

    value_set_text(parent, "key", wanted->key);
    value_set(body, "parent", parent);
    value_set(body, "record", value_copy(wanted->with));
    value_set_text(told, "key", wanted->key);
    value_set_text(told, "workflow", wanted->workflow.bytes);
    if (!activation_active(keeper->site, scene->bureau->office_id, wanted->workflow.bytes, &active,
                           err) ||
        !pool_crew(keeper->pool, active.activation_id, &opening.crew, err) ||
        !opening_add(keeper, &opening, number, &case_id, err) ||
        !put(scene, case_id, "fact", "opened", body, err)) {
        goto done;
    }
    ok = put(scene, scene->item->place.case_id, "child_opened", number, told, err);
done:
    activation_clear(&active);
    value_free(body);
    value_free(told);
    return ok;
}

bool children_open(struct scene *scene, const struct effect *effect, struct err *err)
{
    bool ok = false;
    struct wanted wanted = {0};
    const char *join = NULL;
    int64_t joined = 0;

    if (!read_open(scene, effect, &wanted, err)) {
        goto done;
    }
    if (wanted.join.length) {
        if (!join_key(scene, &wanted, &join, err) ||
            !cases_joined(scene->keeper->store, scene->bureau->office_id, wanted.workflow.bytes,
                          join, &joined, err)) {
            goto done;
        }
    }
    if (joined) {
        struct value *body = value_new_map();

        value_set(body, "from", who_i_am(scene->item));
        value_set(body, "data", value_copy(wanted.with));
        ok = put(scene, joined, "signal", "joined", body, err);
        value_free(body);
    } else {
        ok = open_new(scene, &wanted, join, err);
    }
done:
    value_free(wanted.with);
    return ok;
}

/* Ids out of a statement with one column; the caller frees them. */
static bool collect(struct stmt *stmt, int64_t **ids, size_t *count, struct err *err)
{
    int64_t *list = NULL;
    size_t length = 0;
    bool has_row = false;

    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row || length == CHILDREN_MOST) {
            stmt_reset(stmt);
            *ids = list;
            *count = length;
            return true;
        }
        list = mem_resize(list, (length + 1) * sizeof *list);
        list[length++] = stmt_int(stmt, 0);
    }
    mem_free(list);
    return false;
}

static bool find_targets(struct scene *scene, struct span to, int64_t **ids, size_t *count,
                         struct err *err)
{
    struct field fields[] = {{.name = "kind"}, {.name = "workflow"}, {.name = "number"}};
    struct store *store = scene->keeper->store;
    struct arena *arena = &scene->batch->arena;
    struct stmt *stmt = NULL;
    struct span kind;
    struct span workflow;
    struct span number;

    if (!fields_read(to, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &kind, err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &workflow, err) ||
        !field_text(&fields[2], VERDICT_NAME, arena, &number, err)) {
        return false;
    }
    if (span_is(kind, "parent")) {
        return store_ask(store,
                         "SELECT parent_id FROM cases WHERE case_id = $1 AND parent_id IS NOT NULL",
                         &stmt, err, "i", scene->item->place.case_id) &&
               collect(stmt, ids, count, err);
    }
    if (span_is(kind, "children")) {
        return store_ask(store,
                         "SELECT case_id FROM cases WHERE parent_id = $1 AND closed_at IS NULL"
                         " AND ($2 = '' OR workflow = $2) ORDER BY case_id",
                         &stmt, err, "it", scene->item->place.case_id, workflow.bytes) &&
               collect(stmt, ids, count, err);
    }
    return store_ask(store, "SELECT case_id FROM cases WHERE number = $1", &stmt, err, "t",
                     number.bytes) &&
           collect(stmt, ids, count, err);
}

bool children_signal(struct scene *scene, const struct effect *effect, struct err *err)
{
    bool ok = false;
    struct field fields[] = {{.name = "to"}, {.name = "name"}, {.name = "data"}};
    struct value *body = value_new_map();
    struct value *data = NULL;
    int64_t *ids = NULL;
    size_t count = 0;
    struct span name;
    struct codec_in in;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[1], VERDICT_NAME, &scene->batch->arena, &name, err) ||
        !find_targets(scene, field_bytes(&fields[0]), &ids, &count, err)) {
        goto done;
    }
    in = fields[2].value;
    if (fields[2].is_there && !codec_get_value(&in, &data)) {
        err_set(err, ERR_INVALID, "%s: data", effect->key.bytes);
        goto done;
    }
    value_set(body, "from", who_i_am(scene->item));
    value_set(body, "data", value_kind(data) == VALUE_MAP ? data : value_new_map());
    if (value_kind(data) != VALUE_MAP) {
        value_free(data);
    }
    ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = put(scene, ids[i], "signal", name.bytes, body, err);
    }
done:
    value_free(body);
    mem_free(ids);
    return ok;
}

/* Open children whose opening has a key that begins with the ladder. */
static bool find_opened(struct scene *scene, const char *ladder, int64_t **ids, size_t *count,
                        struct err *err)
{
    static const char sql[] = "SELECT c.case_id, e.body FROM cases AS c JOIN events AS e ON "
                              "e.case_id = c.case_id AND e.seq = 1"
                              " WHERE c.parent_id = $1 AND c.closed_at IS NULL ORDER BY c.case_id";
    size_t prefix = strlen(ladder);
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(scene->keeper->store, sql, &stmt, err, "i", scene->item->place.case_id)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        struct value *body = NULL;
        struct err unsaid = {0};
        size_t length = 0;
        const char *json;
        const char *key;

        if (!has_row) {
            stmt_reset(stmt);
            return true;
        }
        json = stmt_text(stmt, 1, &length);
        if (!json || !json_parse(json, length, &body, &unsaid)) {
            continue;
        }
        key = value_get_text(value_get(body, "parent"), "key");
        if (key && strncmp(key, ladder, prefix) == 0 && key[prefix] == '/') {
            *ids = mem_resize(*ids, (*count + 1) * sizeof **ids);
            (*ids)[(*count)++] = stmt_int(stmt, 0);
        }
        value_free(body);
    }
    return false;
}

bool children_withdraw(struct scene *scene, const struct effect *effect, struct err *err)
{
    bool ok = false;
    struct field fields[] = {{.name = "ladder"}};
    struct value *body = value_new_map();
    struct value *form = value_new_map();
    int64_t *ids = NULL;
    size_t count = 0;
    struct span ladder;

    value_set_text(form, "reason", "ladder_stopped"); /* said in words when shown */
    value_set(body, "form", form);
    if (!fields_read(effect->body, fields, 1, err) ||
        !field_text(&fields[0], VERDICT_NAME, &scene->batch->arena, &ladder, err) ||
        !find_opened(scene, ladder.bytes, &ids, &count, err)) {
        goto done;
    }
    ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = put(scene, ids[i], "fact", "withdrawn", body, err);
    }
done:
    value_free(body);
    mem_free(ids);
    return ok;
}

bool children_closed(struct scene *scene, const char *outcome, struct err *err)
{
    bool ok;
    struct value *body;

    if (!scene->item->parent_id) {
        return true;
    }
    body = value_new_map();
    value_set_text(body, "workflow", scene->item->workflow);
    value_set_text(body, "outcome", outcome);
    ok = put(scene, scene->item->parent_id, "child_closed", scene->item->number, body, err);
    value_free(body);
    return ok;
}
