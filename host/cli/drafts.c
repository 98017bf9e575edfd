/* Draft versions as proposals: listed, approved and rejected beside those of cases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/publish.h"
#include "casework/registry.h"
#include "casework/versions.h"
#include "cli/version_cmds.h"

bool version_is_draft_id(const char *text, int64_t *id)
{
    char *end = NULL;
    long long number;

    if ((text[0] != 'V' && text[0] != 'v') || text[1] < '0' || text[1] > '9' || strlen(text) > 18) {
        return false;
    }
    number = strtoll(text + 1, &end, 10);
    if (*end) {
        return false;
    }
    *id = (int64_t)number;
    return true;
}

static struct value *describe(const struct activation *activation)
{
    struct value *map = value_new_map();
    char id[32];

    snprintf(id, sizeof id, "V%lld", (long long)activation->activation_id);
    value_set_text(map, "id", id);
    value_set_text(map, "workflow", activation->workflow);
    value_set_text(map, "title", activation->title);
    value_set_int(map, "number", activation->number);
    value_set_text(map, "status", activation->status);
    value_set_text(map, "note", activation->note);
    value_set_int(map, "created_at", activation->created_at);
    return map;
}

static bool add_draft(struct house *house, int64_t id, struct value *list, struct err *err)
{
    struct activation activation;
    struct account author;
    struct value *map;

    if (!activation_get(house->site, id, &activation, err)) {
        return false;
    }
    if (!registry_account(house->site, activation.author_id, &author, err)) {
        activation_clear(&activation);
        return false;
    }
    map = describe(&activation);
    value_set_text(map, "author", author.name);
    value_push(list, map);
    activation_clear(&activation);
    return true;
}

static int by_age(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

bool version_list_drafts(struct house *house, struct value **out, struct err *err)
{
    struct value *list = value_new_list();
    int64_t *ids = NULL;
    size_t count = 0;
    bool ok = activation_list(house->site, house->office_id, NULL, "draft", &ids, &count, err);

    if (ok && count) {
        qsort(ids, count, sizeof *ids, by_age); /* what waits longest comes first */
    }
    for (size_t i = 0; ok && i < count; i++) {
        ok = add_draft(house, ids[i], list, err);
    }
    mem_free(ids);
    if (ok) {
        *out = list;
    } else {
        value_free(list);
    }
    return ok;
}

struct verdict {
    struct house *house;
    int64_t id;
    const char *opinion;
    bool is_approved;
};

/* One hand alone is an exception that the office's configuration allows: the audit says so. */
static bool note_alone(const struct verdict *verdict, struct value *body, struct err *err)
{
    struct activation activation;

    if (!activation_get(verdict->house->site, verdict->id, &activation, err)) {
        return false;
    }
    if (activation.author_id == verdict->house->actor.account_id) {
        value_set_bool(body, "alone", true);
    }
    activation_clear(&activation);
    return true;
}

/* Drafts of the office that was selected, and of those below it. */
static bool is_within(const struct verdict *verdict, struct err *err)
{
    bool is_under = false;
    struct activation activation;
    struct house *house = verdict->house;

    if (!activation_get(house->site, verdict->id, &activation, err)) {
        return false;
    }
    if (registry_office_is_under(house->site, activation.office_id, house->office_id, &is_under,
                                 err) &&
        !is_under) {
        err_set(err, ERR_DENIED,
                SAY("V%lld 是其他机构的版本，本机构不能批", "V%lld belongs to another office"),
                (long long)verdict->id);
    }
    activation_clear(&activation);
    return is_under;
}

static bool settle(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct verdict *verdict = context;
    struct house *house = verdict->house;

    if (!is_within(verdict, err)) {
        return false;
    }
    if (verdict->is_approved
            ? !activation_approve(house->site, verdict->id, &house->actor, err)
            : !activation_reject(house->site, verdict->id, &house->actor, verdict->opinion, err)) {
        return false;
    }
    buf_add_format(result, "V%lld", (long long)verdict->id);
    *body = value_new_map();
    value_set_text(*body, "opinion", verdict->opinion);
    return !verdict->is_approved || note_alone(verdict, *body, err);
}

static bool decide(struct verdict *verdict, struct value **out, struct err *err)
{
    struct house *house = verdict->house;
    struct value *content = value_new_map();
    struct activation activation;
    struct buf result;
    struct act act;
    char object[32];
    bool ok;

    snprintf(object, sizeof object, "V%lld", (long long)verdict->id);
    value_set_text(content, "opinion", verdict->opinion);
    value_set_text(content, "id", object);
    house_act(house, verdict->is_approved ? "approve version" : "reject version", object, content,
              &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, settle, verdict, &result, err) &&
         activation_get(house->site, verdict->id, &activation, err);
    if (ok) {
        *out = describe(&activation);
        activation_clear(&activation);
    }
    buf_clear(&result);
    value_free(content);
    return ok;
}

bool version_approve(struct house *house, int64_t id, const char *opinion, struct value **out,
                     struct err *err)
{
    struct verdict verdict = {house, id, opinion ? opinion : "", true};

    return decide(&verdict, out, err);
}

bool version_reject(struct house *house, int64_t id, const char *opinion, struct value **out,
                    struct err *err)
{
    struct verdict verdict = {house, id, opinion ? opinion : "", false};

    return decide(&verdict, out, err);
}
