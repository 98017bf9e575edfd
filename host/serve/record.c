/* Recording facts: the names people use become ids and codes, then each fact is a deed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "serve/deeds.h"
#include "serve/forms.h"
#include "serve/inside.h"
#include "store/look.h"

/* What a fact needs until its deed is done. */
struct wish {
    struct value *body;
};

static bool put_also(struct keeper *keeper, const struct deed *deed, struct err *err)
{
    const struct keeper_fact *fact = deed->context;

    (void)keeper;
    return fact->also(fact->context, err);
}

/* The right to do something is that of the day it happened on: the one given with the fact, or in
   the field of its form that says so. */
static void find_day(const struct value *about, const struct keeper_fact *fact, struct deed *deed)
{
    const char *field = value_get_text(about, "occurred");
    const struct value *fields = value_get(about, "fields");
    const char *text = NULL;
    struct err unsaid = {0};

    deed->has_day = deed->has_occurred;
    deed->day = deed->occurred;
    if (deed->has_day || !field) {
        return;
    }
    text = value_get_text(fact->form, field);
    for (size_t i = 0; !text && i < value_count(fields); i++) {
        const struct value *one = value_at(fields, i);

        if (strcmp(value_get_text(one, "id"), field) == 0) {
            text = value_get_text(fact->form, value_get_text(one, "label"));
        }
    }
    deed->has_day = text && clock_parse_day(text, &deed->day, &unsaid);
    deed->is_day_open = text && !deed->has_day;
}

/* Recording for another needs the paper where the workflow says so: the person's own hand, or
   nobody's. */
static bool has_paper(const struct value *about, const struct actor *actor,
                      const struct keeper_fact *fact, struct err *err)
{
    const char *title = value_get_text(about, "title");

    if (fact->is_granted || !value_get_bool(value_get(about, "recorded"), "paper") ||
        !actor->person_id || actor->person_id == actor->own_id || value_count(fact->paper)) {
        return true;
    }
    err_set(err, ERR_INVALID,
            SAY("“%s”由他人代录，须附所依据的材料：加 --paper 文件，如 --paper 来函.pdf",
                "\"%s\" is recorded for another, which takes the paper it rests on: add --paper "
                "FILE, as in --paper letter.pdf"),
            title ? title : fact->fact);
    return false;
}

/* The wish is the caller's, whatever becomes of the deed. */
static bool make_deed(struct keeper *keeper, const struct keeper_fact *fact, struct deed *deed,
                      struct wish *wish, struct err *err)
{
    static const char sql[] =
        "SELECT case_id, activation_id, office_id FROM cases WHERE number = $1";
    struct stmt *stmt = NULL;
    struct crew *crew = NULL;
    struct value *form = NULL;
    const struct value *about;
    bool has_row = false;
    int64_t activation_id;
    int64_t office_id;

    if (!store_ask(keeper->store, sql, &stmt, err, "t", fact->number) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有编号为“%s”的案件", "there is no case \"%s\""),
                fact->number);
        return false;
    }
    deed->case_id = stmt_int(stmt, 0);
    activation_id = stmt_int(stmt, 1);
    office_id = stmt_int(stmt, 2);
    stmt_reset(stmt);
    if (!pool_crew(keeper->pool, activation_id, &crew, err)) {
        return false;
    }
    deed->name = forms_fact(crew->about, fact->fact, err);
    if (!deed->name) {
        return false;
    }
    about = value_get(value_get(crew->about, "facts"), deed->name);
    deed->principals = fact->is_granted ? NULL : value_get(about, "by");
    deed->is_lasting = true;
    if (!has_paper(about, deed->actor, fact, err)) {
        return false;
    }
    if (fact->is_ready) {
        form = fact->form ? value_copy(fact->form) : value_new_map();
    } else if (!(strcmp(deed->name, "corrected") == 0
                     ? forms_correction(keeper, office_id, crew->about, fact->form, &form, err)
                     : forms_codes(keeper, office_id, value_get(about, "fields"), fact->form, &form,
                                   err))) {
        return false;
    }
    wish->body = value_new_map();
    value_set(wish->body, "form", form);
    if (value_count(fact->paper)) {
        value_set(wish->body, "paper", value_copy(fact->paper));
    }
    deed->body = wish->body;
    deed->also = fact->also ? put_also : NULL;
    deed->context = fact;
    deed->act = "fact";
    deed->kind = "fact";
    deed->has_occurred = fact->occurred != KEEPER_NO_DAY;
    deed->occurred = deed->has_occurred ? fact->occurred : 0;
    find_day(about, fact, deed);
    return true;
}

/* The key of row i, which is the turn-th of several about its case. */
static char *key_of(const char *key, const struct keeper_fact *fact, size_t turn)
{
    size_t size = strlen(key) + strlen(fact->number) + 24;
    char *own = mem_new(size);

    if (turn == 1) {
        (void)snprintf(own, size, "%s/%s", key, fact->number);
    } else {
        (void)snprintf(own, size, "%s/%s/%zu", key, fact->number, turn);
    }
    return own;
}

struct turn {
    const char *number;
    size_t at;
};

static int turn_compare(const void *a, const void *b)
{
    const struct turn *one = a;
    const struct turn *other = b;
    int order = strcmp(one->number, other->number);

    return order ? order : (one->at > other->at) - (one->at < other->at);
}

/* Several rows of one call share its key: each has it with its case, and with its turn when a case
   comes up again. The keys are the caller's. */
static char **make_keys(const char *key, const struct keeper_fact *facts, size_t count)
{
    char **keys = mem_array(count + 1, sizeof *keys);
    struct turn *turns;
    size_t turn = 0;

    if (!key || count <= 1) {
        keys[0] = count == 1 ? mem_text(key) : NULL;
        return keys;
    }
    turns = mem_array(count, sizeof *turns);
    for (size_t i = 0; i < count; i++) {
        turns[i] = (struct turn){facts[i].number, i};
    }
    qsort(turns, count, sizeof *turns, turn_compare);
    for (size_t i = 0; i < count; i++) {
        turn = i && strcmp(turns[i].number, turns[i - 1].number) == 0 ? turn + 1 : 1;
        keys[turns[i].at] = key_of(key, &facts[turns[i].at], turn);
    }
    mem_free(turns);
    return keys;
}

bool keeper_record_each(struct keeper *keeper, const struct keeper_entry *entries, size_t count,
                        struct err *err)
{
    bool ok = false;
    struct store_look look;
    struct deed *deeds = mem_array(count + 1, sizeof *deeds);
    struct wish *wishes = mem_array(count + 1, sizeof *wishes);
    size_t made = 0;

    keeper->done = (struct keeper_ticked){0};
    for (size_t i = 0; i < count; i++) {
        *entries[i].result = (struct keeper_result){0};
    }
    if (!keeper_begin(keeper, err)) {
        goto done;
    }
    if (count == 1) {
        pool_rouse(keeper->pool);
    }
    look = store_look(keeper->store);
    for (size_t i = 0; i < count; i++) {
        deeds[made] = (struct deed){.actor = entries[i].actor, .key = entries[i].key};
        if (make_deed(keeper, entries[i].fact, &deeds[made], &wishes[i], &entries[i].result->err)) {
            deeds[made++].result = entries[i].result;
        }
    }
    store_looked(keeper->store, &look);
    ok = deeds_do(keeper, deeds, made, false, err);
done:
    for (size_t i = 0; i < count; i++) {
        value_free(wishes[i].body);
    }
    mem_free(wishes);
    mem_free(deeds);
    return ok;
}

bool keeper_record(struct keeper *keeper, const struct actor *actor, const char *key,
                   const struct keeper_fact *facts, size_t count, struct keeper_result *results,
                   struct err *err)
{
    char **keys = make_keys(key, facts, count);
    struct keeper_entry *entries = mem_array(count + 1, sizeof *entries);
    bool ok;

    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct keeper_entry){actor, keys[i], &facts[i], &results[i]};
    }
    ok = keeper_record_each(keeper, entries, count, err);
    for (size_t i = 0; i < count; i++) {
        mem_free(keys[i]);
    }
    mem_free(entries);
    mem_free(keys);
    return ok;
}
