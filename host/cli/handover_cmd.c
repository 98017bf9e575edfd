/* `duban handover`: somebody passes on what they were busy with. The paper that lists it is stored
   first, with the roles and messages that pass; then each case is told by a fact of its own. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/documents.h"
#include "casework/handing.h"
#include "casework/rights.h"
#include "cli/form.h"
#include "cli/handlers.h"
#include "cli/handover.h"
#include "cli/house.h"
#include "cli/passing.h"
#include "cli/right.h"

#define PAPER_LIMIT ((size_t)4 * 1024 * 1024)

/* ---- who may ---- */

/* The one who hands over, those who answer for the office's work, or an administrator. */
static bool may(struct house *house, const struct person *own, struct err *err)
{
    static const char *const ROLES[] = {"director", "deputy", "section_head"};
    struct rights_question question = {.office_id = house->office_id,
                                       .person_id = house->actor.person_id,
                                       .day = clock_day(site_now(house->site))};
    struct value *heads = value_new_list();
    struct err unsaid = {0};
    bool ok;

    for (size_t i = 0; i < COUNT_OF(ROLES); i++) {
        struct value *one = value_new_map();

        value_set_text(one, "kind", "role");
        value_set_text(one, "role", ROLES[i]);
        value_push(heads, one);
    }
    question.principals = heads;
    ok = rights_may(house->site, &question, NULL, &unsaid) || delegate_may(house, own, err);
    value_free(heads);
    return ok;
}

/* ---- the words ---- */

static bool read_witness(struct handover *work, struct err *err)
{
    const char *witness = args_get(work->args, "witness");

    return !witness || registry_person_find(work->house->site, work->house->office_id, witness,
                                            &work->witness, err);
}

static bool check(const struct handover *work, struct err *err)
{
    char today[12];

    clock_format_day(clock_day(site_now(work->house->site)), today);
    if (work->from.person_id == work->to.person_id) {
        err_set(err, ERR_INVALID, "%s",
                SAY("移交人和接交人是同一个人", "nobody hands over to themselves"));
        return false;
    }
    if (strcmp(work->since, today) > 0 && !args_has(work->args, "dry-run")) {
        err_set(err, ERR_INVALID,
                SAY("%s 还没有到，请到那一天再办；先看清单可加 --dry-run（今天是 %s）",
                    "%s lies in the future; do this on that day, or see the list with --dry-run "
                    "(today is %s)"),
                work->since, today);
        return false;
    }
    return true;
}

static bool read_words(struct handover *work, struct err *err)
{
    struct house *house = work->house;
    const char *reason = args_get(work->args, "reason");

    return registry_person_find(house->site, house->office_id, args_operand(work->args, 0),
                                &work->from, err) &&
           registry_person_find(house->site, house->office_id, args_get(work->args, "to"),
                                &work->to, err) &&
           read_witness(work, err) &&
           delegate_day(house, args_get(work->args, "since"), work->since, err) &&
           check(work, err) &&
           (!reason || form_refuse_classified(house, NULL, reason, SAY("事由", "the reason"), err));
}

/* ---- the paper ---- */

static struct value *paper_of(const struct handover *work)
{
    struct value *paper = value_new_map();

    value_set_text(paper, "from", work->from.code);
    value_set_text(paper, "from_name", work->from.name);
    value_set_text(paper, "to", work->to.code);
    value_set_text(paper, "to_name", work->to.name);
    value_set_text(paper, "since", work->since);
    value_set_text(paper, "reason", args_get(work->args, "reason"));
    if (work->witness.person_id) {
        value_set_text(paper, "witness", work->witness.code);
    }
    value_set(paper, "rows", value_copy(work->rows));
    return paper;
}

/* Stored as a paper of the office; the act's result is what a repeat shows again. */
static bool store_paper(struct handover *work, struct buf *result, struct err *err)
{
    struct house *house = work->house;
    struct value *paper = paper_of(work);
    char key[REGISTRY_CODE * 2 + 32];
    struct document_new row = {.office_id = house->office_id, .at = site_now(house->site)};
    bool ok;

    snprintf(key, sizeof key, "handover:%s:%s:%s", work->from.code, work->to.code, work->since);
    json_write(paper, result);
    row.key = span_of(key);
    row.name = span_of("handover");
    row.data = (struct span){buf_text(result), result->length};
    ok = !result->is_over && documents_add(house->site->store, &row, err);
    if (result->is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("移交清单过大", "the list is too large"));
    }
    value_free(paper);
    return ok;
}

static bool apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct handover *work = context;
    const struct handing handing = {.office_id = work->house->office_id,
                                    .from = &work->from,
                                    .to = &work->to,
                                    .since = work->since,
                                    .has_roles = args_has(work->args, "roles"),
                                    .cases = work->cases};

    if (!handing_apply(work->house->site, &handing, err) || !store_paper(work, result, err)) {
        return false;
    }
    *body = value_new_map();
    value_set_text(*body, "to", work->to.code);
    value_set_text(*body, "since", work->since);
    value_set_int(*body, "rows", (int64_t)value_count(work->rows));
    return true;
}

static struct value *content_of(const struct handover *work)
{
    struct value *content = value_new_map();
    struct value *except = value_new_list();
    const char *number;

    value_set_text(content, "to", work->to.code);
    value_set_text(content, "since", args_get(work->args, "since") ? work->since : "");
    value_set_bool(content, "roles", args_has(work->args, "roles"));
    for (size_t i = 0; (number = args_value(work->args, "except", i)) != NULL; i++) {
        value_push(except, value_new_text(number));
    }
    value_set(content, "except", except);
    return content;
}

static bool write_paper(struct handover *work, struct err *err)
{
    struct house *house = work->house;
    struct value *content = content_of(work);
    struct value *first = NULL;
    struct buf result;
    struct act act;
    bool ok;

    house_act(house, "handover", work->from.code, content, &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, apply, work, &result, err) &&
         json_parse(buf_text(&result), result.length, &first, err);
    if (ok) { /* of a repeat: the list as it was the first time */
        value_free(work->rows);
        work->rows = value_copy(value_get(first, "rows"));
    }
    value_free(first);
    buf_clear(&result);
    value_free(content);
    return ok;
}

/* ---- the cases ---- */

static bool pass_cases(struct handover *work, size_t *refused, struct err *err)
{
    const struct passing passing = {
        .house = work->house, .kind = "person", .code = work->from.code};
    const char *reason = args_get(work->args, "reason");
    struct value *form = value_new_map();
    bool ok;

    value_set_text(form, "from", work->from.code);
    value_set_text(form, "to", work->to.code);
    if (work->witness.person_id) {
        value_set_text(form, "witness", work->witness.code);
    }
    if (reason) {
        value_set_text(form, "reason", reason);
    }
    ok = passing_record(&passing, "handed_over", form, &work->cases, refused, err);
    value_free(form);
    return ok;
}

static const struct column COLUMNS[] = {
    {"kind", "类别", "KIND", 0, false},  {"number", "编号", "NUMBER", 0, false},
    {"what", "内容", "WHAT", 30, false}, {"note", "说明", "NOTE", 40, false},
    {NULL, NULL, NULL, 0, false},
};

static bool tell(struct handover *work, struct err *err)
{
    struct out *out = &work->house->out;
    struct table *table = table_new(COLUMNS);
    bool is_dry = args_has(work->args, "dry-run");
    bool ok;

    for (size_t i = 0; i < value_count(work->rows); i++) {
        const struct value *row = value_at(work->rows, i);

        table_text(table, value_get_text(row, "kind"));
        table_text(table, value_get_text(row, "number"));
        table_text(table, value_get_text(row, "what"));
        table_text(table, value_get_text(row, "note"));
    }
    out_print(out,
              SAY("移交清单：%s 移交 %s，自 %s 起，共 %zu 项。\n",
                  "handed over: %s to %s, from %s on, %zu rows.\n"),
              work->from.name, work->to.name, work->since, value_count(work->rows));
    ok = table_give(table, out, args_get(work->args, "o"),
                    SAY("名下没有要移交的。", "There is nothing to hand over."), err);
    if (ok && is_dry) {
        out_print(out, "%s\n",
                  SAY("这是预览，什么也没有写入。", "This was a preview; nothing was written."));
    } else if (ok && value_count(work->rows)) {
        out_print(out, "%s\n",
                  SAY("移交人：            接交人：            监交人：            日期：",
                      "handed over by:            taken by:            witness:            date:"));
    }
    table_free(table);
    return ok;
}

static bool complain(const struct handover *work, size_t refused, struct err *err)
{
    for (size_t i = 0; i < value_count(work->cases); i++) {
        const struct value *row = value_at(work->cases, i);
        const char *error = value_get_text(row, "error");

        if (error) {
            out_print(&work->house->out, SAY("%s  未移交：%s\n", "%s  not handed over: %s\n"),
                      value_get_text(row, "number"), error);
        }
    }
    err_set(err, ERR_INVALID,
            SAY("%zu 件中有 %zu 件未能移交；排除原因后再执行同一命令",
                "of %zu cases %zu were not handed over; see why, then run the same command again"),
            value_count(work->cases), refused);
    return false;
}

static bool run(struct handover *work, struct err *err)
{
    struct house *house = work->house;
    bool is_dry = args_has(work->args, "dry-run");
    size_t refused = 0;

    if (!(is_dry ? house_start(house, err) && house_read(house, err) &&
                       house_who(house, work->args, err)
                 : house_write(house, work->args, err)) ||
        !read_words(work, err) || !may(house, &work->from, err) || !handover_list(work, err) ||
        (!is_dry && (!write_paper(work, err) || !pass_cases(work, &refused, err)))) {
        return false;
    }
    return tell(work, err) && (!refused || complain(work, refused, err));
}

enum outcome handover_handler(struct house *house, const struct args *args, struct err *err)
{
    struct handover work = {.house = house, .args = args};
    bool ok;

    if (!args_get(args, "to")) {
        return args_refuse(err, "%s",
                           SAY("请写明交给谁，如：duban handover 李经办 --to 段远建",
                               "say to whom, as in: duban handover LI --to DUAN"));
    }
    ok = run(&work, err);
    value_free(work.rows);
    value_free(work.cases);
    return args_outcome(ok);
}

const struct option handover_options[] = {
    {"to", "PERSON", "接交人", "who takes it"},
    {"since", "DATE", "自哪天起，默认今天", "from that day on; default today"},
    {"roles", NULL, "角色也移交，本人自该日起不再担任",
     "the roles too; the one who hands over holds them no longer"},
    {"except", "CASE", "不移交的案件，可写多次", "a case that stays; may be repeated"},
    {"witness", "PERSON", "监交人", "who witnesses it"},
    {"reason", "TEXT", "事由", "why"},
    {"dry-run", NULL, "只列清单", "only the list"},
    OPTION_FILE,
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};
