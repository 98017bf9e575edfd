/* Signatures: on proposals, and on the catch-up list after an outage. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/plans.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "serve/deeds.h"
#include "serve/inside.h"
#include "serve/keeper_sign.h"

struct found {
    int64_t case_id;
    int64_t next_sign;
    bool is_waiting;
    char *key;
    struct value *signs;
};

static bool take_proposal(void *context, const struct proposal_line *line)
{
    struct found *found = context;
    struct err unsaid = {0};

    found->case_id = line->case_id;
    found->next_sign = line->next_sign;
    found->is_waiting = strcmp(line->status, "waiting") == 0;
    found->key = mem_text(line->effect_key);
    if (!json_parse(line->signs, strlen(line->signs), &found->signs, &unsaid)) {
        found->signs = value_new_list();
    }
    return false;
}

static struct value *verdict_body(const struct actor *actor, const struct keeper_verdict *verdict,
                                  const struct found *found)
{
    struct value *body = value_new_map();

    value_set_text(body, "by", actor->person);
    value_set_text(body, "opinion", verdict->opinion ? verdict->opinion : "");
    value_set_text(body, "basis", verdict->basis);
    value_set_int(body, "sign", found->next_sign);
    return body;
}

/* A repeat is the same act only at the line it signed the first time, whose turn may be over. */
static bool find_first(struct keeper *keeper, const char *key, struct found *found, struct err *err)
{
    static const char sql[] =
        "SELECT e.body FROM acts AS a JOIN cases AS c ON c.office_id = a.office_id"
        " JOIN events AS e ON e.case_id = c.case_id AND e.seq = CAST(a.result AS INTEGER)"
        " WHERE a.act_key = $1 AND c.case_id = $2 AND e.name = $3";
    struct stmt *stmt = NULL;
    struct value *body = NULL;
    struct err unsaid = {0};
    bool has_row = false;
    size_t length = 0;
    const char *json;

    if (!key) {
        return true;
    }
    if (!store_ask(keeper->store, sql, &stmt, err, "tit", key, found->case_id, found->key) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    json = has_row ? stmt_text(stmt, 0, &length) : NULL;
    if (json && json_parse(json, length, &body, &unsaid)) {
        found->next_sign = value_get_int(body, "sign", found->next_sign);
    }
    value_free(body);
    stmt_reset(stmt);
    return true;
}

/* Who may sign the line whose turn it is. A line that names nobody is nobody's to sign. */
static bool find_signers(const struct found *found, int64_t proposal_id, const struct value **out,
                         struct err *err)
{
    int64_t lines = (int64_t)value_count(found->signs);

    if (found->next_sign < 1 || found->next_sign > lines) {
        err_set(err, ERR_CONFLICT, SAY("P%lld 已经签完，不能再批", "P%lld is signed already"),
                (long long)proposal_id);
        return false;
    }
    *out = value_get(value_at(found->signs, (size_t)(found->next_sign - 1)), "who");
    if (value_count(*out) == 0) {
        err_set(err, ERR_DENIED,
                SAY("P%lld 第 %lld 道审批没有写明由谁签，任何人都不能签",
                    "P%lld, line %lld, names nobody who may sign it"),
                (long long)proposal_id, (long long)found->next_sign);
        return false;
    }
    return true;
}

/* Which of the principals the signer is, as a list of places from 1: a joint signature wants each
 * of them. */
static bool find_places(struct keeper *keeper, const struct actor *actor, int64_t case_id,
                        const struct value *who, struct value *body, struct err *err)
{
    struct rights_question question = {.person_id = actor->person_id,
                                       .day = clock_day(keeper_instant(keeper))};
    struct value *places = value_new_list();

    if (!store_one_int(keeper->store, "SELECT office_id FROM cases WHERE case_id = $1",
                       &question.office_id, err, "i", case_id)) {
        value_free(places);
        return false;
    }
    for (size_t i = 0; i < value_count(who); i++) {
        struct value *one = value_new_list();
        struct err unsaid = {0};

        value_push(one, value_copy(value_at(who, i)));
        question.principals = one;
        if (rights_may(keeper->site, &question, NULL, &unsaid)) {
            value_push(places, value_new_int((int64_t)i + 1));
        }
        value_free(one);
    }
    value_set(body, "as", places);
    return true;
}

bool keeper_sign(struct keeper *keeper, const struct actor *actor, const char *key,
                 const struct keeper_verdict *verdict, struct err *err)
{
    bool ok = false;
    struct found found = {0};
    struct keeper_result result = {0};
    struct value *body = NULL;
    struct deed deed = {.actor = actor, .key = key, .result = &result};

    keeper->done = (struct keeper_ticked){0};
    if (!keeper_begin(keeper, err) ||
        !proposals_show(keeper->store, verdict->proposal_id, take_proposal, &found, err) ||
        !find_first(keeper, key, &found, err)) {
        goto done;
    }
    if (!found.is_waiting && !key) {
        err_set(err, ERR_CONFLICT, SAY("P%lld 已经办结，不能再批", "P%lld is settled already"),
                (long long)verdict->proposal_id);
        goto done;
    }
    if (!actor->person) {
        err_set(err, ERR_DENIED, "%s",
                SAY("没有写明由谁审批；请加 --by 姓名，如 --by 段远建",
                    "who signs must be given (--by)"));
        goto done;
    }
    if (!find_signers(&found, verdict->proposal_id, &deed.principals, err)) {
        goto done;
    }
    body = verdict_body(actor, verdict, &found);
    if (value_count(deed.principals) > 1 &&
        !find_places(keeper, actor, found.case_id, deed.principals, body, err)) {
        goto done;
    }
    deed.case_id = found.case_id;
    deed.act = verdict->is_approved ? "approve" : "reject";
    deed.kind = verdict->is_approved ? "approved" : "rejected";
    deed.name = found.key;
    deed.body = body;
    if (!deeds_do(keeper, &deed, 1, true, err)) {
        goto done;
    }
    ok = true;
done:
    mem_free(found.key);
    value_free(found.signs);
    value_free(body);
    return ok;
}

/* ---- the catch-up list ---- */

/* The rows of one case that are signed together. */
struct share {
    int64_t case_id;
    struct value *fire;
    struct value *skip;
    struct value *body;
    const struct shares *last; /* of all: what belongs to the whole goes with it */
    struct keeper_result result;
};

struct shares {
    struct share *items;
    size_t count;
    const struct keeper_plan *plan;
};

static struct share *share_of(struct shares *shares, int64_t case_id)
{
    struct share *share;

    for (size_t i = 0; i < shares->count; i++) {
        if (shares->items[i].case_id == case_id) {
            return &shares->items[i];
        }
    }
    shares->items = mem_resize(shares->items, (shares->count + 1) * sizeof *shares->items);
    share = &shares->items[shares->count++];
    *share = (struct share){.case_id = case_id, .fire = value_new_list(), .skip = value_new_list()};
    return share;
}

static bool add_rows(struct keeper *keeper, struct shares *shares, const int64_t *ids, size_t count,
                     bool fires, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct stmt *stmt = NULL;
        struct share *share;
        bool has_row = false;

        if (!store_ask(
                keeper->store,
                "SELECT case_id, effect_key FROM plans WHERE plan_id = $1 AND status = 'waiting'",
                &stmt, err, "i", ids[i]) ||
            !stmt_step(stmt, &has_row, err)) {
            return false;
        }
        if (!has_row) {
            err_set(err, ERR_MISSING,
                    SAY("补办清单中没有待签的第 %lld 项",
                        "nothing numbered %lld waits on the catch-up list"),
                    (long long)ids[i]);
            return false;
        }
        share = share_of(shares, stmt_int(stmt, 0));
        value_push(fires ? share->fire : share->skip, value_new_text(stmt_text(stmt, 1, NULL)));
        stmt_reset(stmt);
    }
    return true;
}

static bool mark(struct keeper *keeper, int64_t case_id, const struct value *keys,
                 const char *status, struct err *err)
{
    for (size_t i = 0; i < value_count(keys); i++) {
        if (!plans_settle(keeper->store, case_id, span_of(value_text(value_at(keys, i))), status,
                          err)) {
            return false;
        }
    }
    return true;
}

static bool mark_plans(struct keeper *keeper, const struct deed *deed, struct err *err)
{
    const struct share *share = deed->context;

    if (!mark(keeper, share->case_id, share->fire, "fired", err) ||
        !mark(keeper, share->case_id, share->skip, "skipped", err)) {
        return false;
    }
    return !share->last || !share->last->plan->also ||
           share->last->plan->also(share->last->plan->context, (int64_t)share->last->count, err);
}

/* Those who answer for the office's work may say what is still to be done. */
static struct value *plan_signers(void)
{
    static const char *const roles[] = {"director", "deputy", "section_head"};
    struct value *list = value_new_list();

    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        struct value *one = value_new_map();

        value_set_text(one, "kind", "role");
        value_set_text(one, "role", roles[i]);
        value_push(list, one);
    }
    return list;
}

static char *plan_key(const char *key, int64_t case_id)
{
    char *text = key ? mem_new(strlen(key) + 32) : NULL;

    if (text) {
        (void)snprintf(text, strlen(key) + 32, "%s/%lld", key, (long long)case_id);
    }
    return text;
}

bool keeper_plan_sign(struct keeper *keeper, const struct actor *actor, const char *key,
                      const struct keeper_plan *plan, int64_t *cases, struct err *err)
{
    bool ok = false;
    struct shares shares = {.plan = plan};
    struct deed *deeds = NULL;
    struct value *signers = plan_signers();

    keeper->done = (struct keeper_ticked){0};
    if (!keeper_begin(keeper, err) ||
        !add_rows(keeper, &shares, plan->fire, plan->fire_count, true, err) ||
        !add_rows(keeper, &shares, plan->skip, plan->skip_count, false, err)) {
        goto done;
    }
    deeds = mem_array(shares.count + 1, sizeof *deeds);
    for (size_t i = 0; i < shares.count; i++) {
        struct share *share = &shares.items[i];

        share->body = value_new_map();
        value_set(share->body, "fire", value_copy(share->fire));
        value_set(share->body, "skip", value_copy(share->skip));
        value_set_text(share->body, "reason", plan->reason ? plan->reason : "");
        share->last = i + 1 == shares.count ? &shares : NULL;
        deeds[i] = (struct deed){.actor = actor,
                                 .case_id = share->case_id,
                                 .act = "plan",
                                 .kind = "plan_signed",
                                 .name = "plan",
                                 .body = share->body,
                                 .principals = signers,
                                 .key = plan_key(key, share->case_id),
                                 .also = mark_plans,
                                 .context = share,
                                 .result = &share->result};
    }
    ok = deeds_do(keeper, deeds, shares.count, true, err);
    *cases = ok ? (int64_t)shares.count : 0;
done:
    for (size_t i = 0; i < shares.count; i++) {
        value_free(shares.items[i].fire);
        value_free(shares.items[i].skip);
        value_free(shares.items[i].body);
        if (deeds) {
            mem_free((void *)deeds[i].key);
        }
    }
    mem_free(shares.items);
    mem_free(deeds);
    value_free(signers);
    return ok;
}
