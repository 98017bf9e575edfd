/* What a job wants done at its end. Facts are deeds like anybody's; whatever else it wants goes
   into the same transaction beside the first of them. */
#include "serve/wishes.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/documents.h"
#include "casework/outbox.h"
#include "serve/deeds.h"
#include "serve/forms.h"
#include "serve/keeper_ask.h"
#include "serve/scene.h"

#define WISHES_MOST 5000

/* Openings read by their workflows before the transaction begins. */
struct ready {
    struct opening *openings;
    struct value **records;
    size_t opening_count;
    struct deed *deeds;
    struct value **bodies;
    struct keeper_result *results;
    size_t deed_count;
    struct wishes *wishes;
};

static bool is_kind(const struct value *act, const char *kind)
{
    const char *text = value_get_text(act, "kind");

    return text && strcmp(text, kind) == 0;
}

static bool may_open(struct keeper *keeper, const struct wishes *wishes,
                     const struct opening *opening, struct err *err)
{
    const struct value *facts = value_get(opening->crew->about, "facts");
    const struct value *by = value_get(value_get(facts, "opened"), "by");
    struct buf json;
    struct deeds_right right = deeds_right(keeper, wishes->actor, by, opening->bureau->office_id);
    bool ok;

    if (wishes->is_planned) {
        return true;
    }
    buf_init(&json, VERDICT_BODY);
    json_write(opening->record, &json);
    right.record = buf_text(&json);
    ok = deeds_allowed(keeper, &right, NULL, err);
    buf_clear(&json);
    return ok;
}

static bool read_open(struct keeper *keeper, struct ready *ready, const struct value *act,
                      struct err *err)
{
    const char *workflow = value_get_text(act, "workflow");
    struct opening *opening = &ready->openings[ready->opening_count];
    struct value **record = &ready->records[ready->opening_count];
    struct activation active = {0};
    struct bureau *bureau = NULL;
    struct value *coded = NULL;
    bool ok;

    ok = keeper_bureau(keeper, ready->wishes->office_id, &bureau, err) &&
         activation_active(keeper->site, bureau->office_id, workflow ? workflow : "", &active,
                           err) &&
         pool_crew(keeper->pool, active.activation_id, &opening->crew, err) &&
         forms_codes(keeper, bureau->office_id, value_get(opening->crew->about, "fields"),
                     value_get(act, "record"), &coded, err) &&
         keeper_values(keeper, active.activation_id, "record", coded, record, err);
    value_free(coded);
    activation_clear(&active);
    if (ok) {
        opening->bureau = bureau;
        opening->record = *record;
        opening->at = keeper_instant(keeper);
        ready->opening_count++; /* the record is freed with the others, whatever comes */
        ok = may_open(keeper, ready->wishes, opening, err);
    }
    return ok;
}

static bool read_fact(struct keeper *keeper, struct ready *ready, const struct value *act,
                      struct err *err)
{
    size_t at = ready->deed_count;
    struct deed *deed = &ready->deeds[at];
    const char *number = value_get_text(act, "number");
    const char *name = value_get_text(act, "fact");
    struct case_row row = {0};
    struct crew *crew = NULL;
    struct value *form = NULL;
    const struct value *about;
    bool ok = false;

    if (!cases_id(keeper->store, number ? number : "", &deed->case_id, err) ||
        !cases_load(keeper->store, deed->case_id, &row, err) ||
        !pool_crew(keeper->pool, row.activation_id, &crew, err)) {
        goto done;
    }
    for (size_t i = 0; i < at; i++) {
        if (ready->deeds[i].case_id == deed->case_id) {
            err_set(
                err, ERR_INVALID,
                SAY("一次运行对案件 %s 只能登记一项", "one run records one fact on case %s only"),
                number);
            goto done;
        }
    }
    deed->name = forms_fact(crew->about, name ? name : "", err);
    about = deed->name ? value_get(value_get(crew->about, "facts"), deed->name) : NULL;
    if (!about || !forms_codes(keeper, row.office_id, value_get(about, "fields"),
                               value_get(act, "form"), &form, err)) {
        goto done;
    }
    ready->bodies[at] = value_new_map();
    value_set(ready->bodies[at], "form", form);
    deed->actor = ready->wishes->actor;
    deed->body = ready->bodies[at];
    deed->act = "fact";
    deed->kind = "fact";
    deed->principals = ready->wishes->is_planned ? NULL : value_get(about, "by");
    deed->result = &ready->results[at];
    ready->deed_count++;
    ok = true;
done:
    case_clear(&row);
    return ok;
}

static bool put_openings(struct keeper *keeper, const struct ready *ready, struct err *err)
{
    for (size_t i = 0; i < ready->opening_count; i++) {
        char number[CASE_NUMBER_SIZE];
        struct buf *json = &keeper->scratch;
        int64_t case_id = 0;

        if (!opening_add(keeper, &ready->openings[i], number, &case_id, err)) {
            return false;
        }
        buf_reset(json);
        buf_add_text(json, "{\"record\":");
        json_write(ready->openings[i].record, json);
        buf_add_text(json, "}");
        if (!apply_pending(keeper, NULL,
                           &(struct pending){.case_id = case_id,
                                             .kind = "fact",
                                             .name = "opened",
                                             .body = buf_text(json),
                                             .actor = ready->wishes->actor->person,
                                             .recorder = ready->wishes->actor->recorder,
                                             .at = ready->openings[i].at,
                                             .now = keeper_instant(keeper)},
                           err)) {
            return false;
        }
        ready->wishes->ran->opened++;
    }
    return true;
}

/* "director", {kind=…} or a list of either, as a list of principals. */
static struct value *principals_of(const struct value *to)
{
    struct value *list = value_new_list();
    size_t count = value_kind(to) == VALUE_LIST ? value_count(to) : 1;

    for (size_t i = 0; i < count; i++) {
        const struct value *one = value_kind(to) == VALUE_LIST ? value_at(to, i) : to;

        if (value_text(one)) {
            struct value *role = value_new_map();

            value_set_text(role, "kind", "role");
            value_set_text(role, "role", value_text(one));
            value_push(list, role);
        } else if (value_kind(one) == VALUE_MAP) {
            value_push(list, value_copy(one));
        }
    }
    return list;
}

static bool refuse_field(const char *field, struct err *err)
{
    err_set(err, ERR_INVALID,
            SAY("作业给出的 %s 过大，或不是 UTF-8 文本",
                "%s, as the job gives it, is too large or not UTF-8 text"),
            field);
    return false;
}

/* The same limits as for what a decision gives. */
static bool read_name(const struct value *act, const char *field, struct span *out, struct err *err)
{
    const char *text = value_get_text(act, field);
    size_t length = value_length(value_get(act, field));

    if (length > VERDICT_NAME || (text && !text_is_utf8(text, length))) {
        return refuse_field(field, err);
    }
    if (!text || !*text || *text == '.' || strpbrk(text, "/\\")) {
        err_set(err, ERR_INVALID, SAY("“%s”不是模板的名称", "\"%s\" is no name of a template"),
                text ? text : "");
        return false;
    }
    *out = span_of(text ? text : "");
    return true;
}

/* Into an empty buffer, which stays the caller's. */
static bool read_data(const struct value *act, struct buf *out, struct err *err)
{
    if (value_kind(value_get(act, "data")) == VALUE_MAP) {
        json_write(value_get(act, "data"), out);
    } else {
        buf_add_text(out, "{}");
    }
    return (!out->is_over && text_is_utf8(out->bytes, out->length)) || refuse_field("data", err);
}

static bool put_message(struct keeper *keeper, const struct ready *ready, const struct value *act,
                        const char *key, struct err *err)
{
    struct span template = {NULL, 0};
    struct value *to = principals_of(value_get(act, "to"));
    struct buf codec;
    struct buf data;
    const int64_t *ids = NULL;
    size_t count = 0;
    bool ok;

    buf_init(&codec, (size_t)64 * 1024);
    buf_init(&data, VERDICT_BODY);
    codec_put_value(&codec, to);
    ok = read_name(act, "template", &template, err) && read_data(act, &data, err) &&
         (!codec.is_over || refuse_field("to", err)) &&
         recipients_find(keeper->recipients, ready->wishes->office_id,
                         clock_day(keeper_instant(keeper)),
                         (struct span){codec.bytes, codec.length}, &ids, &count, err);
    if (ok && count == 0) {
        err_set(err, ERR_MISSING, SAY("消息 %s 没有收件人", "the message %s reaches nobody"),
                template.bytes);
        ok = false;
    }
    for (size_t i = 0; ok && i < count; i++) {
        ok = outbox_add(keeper->store,
                        &(struct outbox_new){.key = span_of(key),
                                             .template = template,
                                             .data = span_of(buf_text(&data)),
                                             .at = keeper_instant(keeper)},
                        ids[i], err);
        ready->wishes->ran->messages += ok;
    }
    value_free(to);
    buf_clear(&codec);
    buf_clear(&data);
    return ok;
}

static bool put_document(struct keeper *keeper, const struct ready *ready, const struct value *act,
                         const char *key, struct err *err)
{
    struct span name = {NULL, 0};
    struct bureau *bureau = NULL;
    struct buf data;
    bool ok;

    if (!keeper_bureau(keeper, ready->wishes->office_id, &bureau, err)) {
        return false;
    }
    buf_init(&data, VERDICT_BODY);
    ok = read_name(act, "name", &name, err) && read_data(act, &data, err) &&
         documents_add(keeper->store,
                       &(struct document_new){.office_id = bureau->office_id,
                                              .key = span_of(key),
                                              .name = name,
                                              .data = span_of(buf_text(&data)),
                                              .at = keeper_instant(keeper)},
                       err);
    ready->wishes->ran->documents += ok;
    buf_clear(&data);
    return ok;
}

/* The run itself; a fact it records has its own row besides. */
static bool put_audit(struct keeper *keeper, const struct ready *ready, struct err *err)
{
    const struct wishes *wishes = ready->wishes;
    struct act act = {.name = "run", .object = wishes->name, .actor = wishes->actor};
    struct bureau *bureau = NULL;
    struct value *body;
    bool ok;

    if (!keeper_bureau(keeper, wishes->office_id, &bureau, err)) {
        return false;
    }
    act.office_id = bureau->office_id;
    act.office = bureau->code;
    body = value_new_map();
    value_set_int(body, "opened", wishes->ran->opened);
    value_set_int(body, "facts", (int64_t)ready->deed_count);
    value_set_int(body, "messages", wishes->ran->messages);
    value_set_int(body, "documents", wishes->ran->documents);
    ok = act_finish(keeper->site, &act, NULL, body, err);
    value_free(body);
    return ok;
}

/* Everything but the facts. */
static bool put_rest(struct keeper *keeper, const struct ready *ready, struct err *err)
{
    struct wishes *wishes = ready->wishes;

    wishes->ran->opened = 0; /* a second try begins anew */
    wishes->ran->messages = 0;
    wishes->ran->documents = 0;
    for (size_t i = 0; i < value_count(wishes->acts); i++) {
        const struct value *act = value_at(wishes->acts, i);
        char key[256];

        (void)snprintf(key, sizeof key, "job:%.150s:%lld#%zu", wishes->name,
                       (long long)keeper_instant(keeper), i + 1);
        if ((is_kind(act, "notify") && !put_message(keeper, ready, act, key, err)) ||
            (is_kind(act, "document") && !put_document(keeper, ready, act, key, err))) {
            return false;
        }
    }
    return put_openings(keeper, ready, err) && put_audit(keeper, ready, err) &&
           (!wishes->also || wishes->also(keeper, wishes->context, err));
}

static bool put_beside(struct keeper *keeper, const struct deed *deed, struct err *err)
{
    return put_rest(keeper, deed->context, err);
}

static bool put_alone(struct keeper *keeper, const struct ready *ready, struct err *err)
{
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    if (!put_rest(keeper, ready, err)) {
        keeper_rollback(keeper);
        return false;
    }
    crash_point("job.before_commit");
    return keeper_commit(keeper, err);
}

static bool read_all(struct keeper *keeper, struct ready *ready, struct err *err)
{
    const struct value *acts = ready->wishes->acts;

    for (size_t i = 0; i < value_count(acts); i++) {
        const struct value *act = value_at(acts, i);
        bool ok = true;

        if (is_kind(act, "open")) {
            ok = read_open(keeper, ready, act, err);
        } else if (is_kind(act, "fact")) {
            ok = read_fact(keeper, ready, act, err);
        } else if (!is_kind(act, "notify") && !is_kind(act, "document")) {
            err_set(err, ERR_INVALID, "%s",
                    SAY("脚本的结果中有不认识的动作", "the script wants something unknown"));
            ok = false;
        }
        if (!ok) {
            return false;
        }
    }
    if (ready->deed_count > BATCH_CASES) {
        err_set(err, ERR_INVALID, SAY("一次运行最多登记 %d 项", "one run records at most %d facts"),
                BATCH_CASES);
        return false;
    }
    return true;
}

bool wishes_apply(struct keeper *keeper, struct wishes *wishes, struct err *err)
{
    bool ok = false;
    size_t count = value_count(wishes->acts);
    struct ready ready = {.wishes = wishes};

    if (count > WISHES_MOST) {
        err_set(err, ERR_INVALID,
                SAY("一次运行最多 %d 个动作", "one run may want %d things at most"), WISHES_MOST);
        return false;
    }
    ready.openings = mem_array(count + 1, sizeof *ready.openings);
    ready.records = mem_array(count + 1, sizeof *ready.records);
    ready.deeds = mem_array(count + 1, sizeof *ready.deeds);
    ready.bodies = mem_array(count + 1, sizeof *ready.bodies);
    ready.results = mem_array(count + 1, sizeof *ready.results);
    if (!read_all(keeper, &ready, err)) {
        goto done;
    }
    if (ready.deed_count) {
        ready.deeds[0].also = put_beside;
        ready.deeds[0].context = &ready;
        ok = deeds_do(keeper, ready.deeds, ready.deed_count, true, err);
        wishes->ran->facts = ok ? (int64_t)ready.deed_count : 0;
    } else {
        ok = put_alone(keeper, &ready, err);
    }
done:
    for (size_t i = 0; i < count; i++) {
        value_free(ready.records[i]);
        value_free(ready.bodies[i]);
    }
    mem_free(ready.openings);
    mem_free(ready.records);
    mem_free(ready.deeds);
    mem_free(ready.bodies);
    mem_free(ready.results);
    return ok;
}
