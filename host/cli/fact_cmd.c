/* `duban fact`: one fact on one case or on many, each with its own result. */
#include "cli/fact.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "cli/correction.h"
#include "cli/decisions.h"
#include "cli/fact_rows.h"
#include "cli/form.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/right.h"
#include "cli/view.h"
#include "cli/wrap.h"
#include "serve/keeper.h"

const struct option fact_options[] = {
    {"input", "FILE", "表单内容的 JSON 文件（字段名或标签对应值）",
     "JSON file with the form, by id or label"},
    {"from", "CSV", "每行一件：案号列加表单各列",
     "one case a row: its number and the columns of the form"},
    {"occurred", "TIME", "事实发生的日期（缺省为登记当日）",
     "when it happened, when that is not now"},
    {"paper", "FILE", "所依据的材料（代录时附），可写多次",
     "the paper it rests on, when recorded for another; may be repeated"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

/* Operands: CASE… FACT field=value…; *names counts those before the first field. */
static bool split(const struct args *args, size_t *names, struct err *err)
{
    size_t count = 0;

    while (count < args->operand_count && !form_is_field(args_operand(args, count))) {
        count++;
    }
    for (size_t i = count; i < args->operand_count; i++) {
        if (!form_is_field(args_operand(args, i))) {
            err_set(err, ERR_INVALID,
                    SAY("“%s”应写成 字段=值，放在事实之后",
                        "\"%s\" should be field=value, after the fact"),
                    args_operand(args, i));
            return false;
        }
    }
    if (count < (args_has(args, "from") ? 1u : 2u)) {
        err_set(err, ERR_INVALID,
                SAY("要写明案号和事实，如：duban fact 430000-2026-YJ-0001 签收",
                    "a case and a fact are needed, as in: duban fact 430000-2026-YJ-0001 signed"));
        return false;
    }
    *names = count;
    return true;
}

/* What a correction changed, under the line of its case. */
static bool say_correction(struct view *view, const struct view_case *found, int64_t seq,
                           struct value *row, struct err *err)
{
    struct labels labels = view_labels(view, found->activation_id);
    struct buf text;
    bool ok;

    buf_init(&text, (size_t)256 * 1024);
    ok = correction_say(&labels, found->case_id, seq, &text, err);
    if (ok && text.length) {
        wrap_print(&view->house->out, "  ", 2, buf_text(&text));
        value_set_text(row, "correction", buf_text(&text));
    }
    buf_clear(&text);
    return ok;
}

/* What this case answered: its decisions, or why not. */
static bool say_result(struct view *view, const struct keeper_fact *fact,
                       const struct keeper_result *result, struct value *list, struct err *err)
{
    struct out *out = &view->house->out;
    struct view_case found = {0};
    struct value *row = value_new_map();
    struct value *decisions = NULL;
    const char *id = NULL;
    const struct actor *actor = &view->house->actor;
    bool is_for_another = actor->person_id && actor->person_id != actor->own_id;
    bool ok = true;

    value_set_bool(row, "for_another", is_for_another);
    value_set_text(row, "number", fact->number);
    value_set_bool(row, "done", result->is_done);
    if (!result->is_done) {
        out_print(out, "%s  %s%s\n", fact->number, SAY("未办成：", "refused: "), result->err.text);
        value_set_text(row, "error", result->err.text);
        value_set_text(row, "kind", err_kind_name(result->err.kind));
    } else if ((ok = view_case(view, fact->number, &found, err))) {
        const struct value *about = view_about(view, found.activation_id);

        id = label_id(about, "facts", fact->fact);
        out_print(out, "%s  %s  %s%s\n", fact->number,
                  found.unit_name ? found.unit_name : found.title,
                  label_title(about, "facts", id ? id : fact->fact),
                  is_for_another ? SAY("（代录）", " (recorded for another)") : "");
        ok = (strcmp(id ? id : fact->fact, "corrected") != 0 ||
              say_correction(view, &found, result->seq, row, err)) &&
             decisions_show(view, &found, result->seq, &decisions, err);
        value_set_int(row, "seq", result->seq);
        value_set_bool(row, "repeat", result->is_repeat);
        value_set_text(row, "state", found.state);
        value_set_text(row, "due", found.due);
    }
    if (decisions) {
        value_set(row, "decisions", decisions);
    }
    value_push(list, row);
    view_case_clear(&found);
    return ok;
}

/* Every result, and the count of those that were refused. */
static bool say_results(struct view *view, const struct fact_rows *rows,
                        const struct keeper_result *results, size_t *refused, struct err *err)
{
    struct value *list = value_new_list();

    for (size_t i = 0; i < rows->count; i++) {
        *refused += !results[i].is_done;
        right_denied(view->house, "fact", rows->facts[i].number, &results[i].err);
        if (!say_result(view, &rows->facts[i], &results[i], list, err)) {
            value_free(list);
            return false;
        }
    }
    if (view->house->out.is_json) {
        value_set(out_map(&view->house->out), "results", list);
    } else {
        value_free(list);
    }
    return true;
}

static bool keep_nothing(void *context, struct buf *result, struct value **body, struct err *err)
{
    (void)context;
    (void)result;
    (void)body;
    (void)err;
    return true;
}

/* One act on many cases has a key of its own for each; this keeps the whole of it under the key as
   it was given, so that other content under it is a conflict before anything is written. */
static bool keep_key(struct house *house, const struct fact_rows *rows, const struct value *paper,
                     struct err *err)
{
    struct value *content = value_new_list();
    struct buf result;
    struct act act;
    bool ok;

    for (size_t i = 0; i < rows->count; i++) {
        const struct keeper_fact *fact = &rows->facts[i];
        struct value *one = value_new_map();

        value_set_text(one, "number", fact->number);
        value_set_text(one, "fact", fact->fact);
        value_set(one, "form", value_copy(fact->form));
        value_set_int(one, "occurred", fact->occurred);
        value_push(content, one);
    }
    value_push(content, value_new_text(house->person ? house->person : ""));
    if (paper) {
        value_push(content, value_copy(paper));
    }
    house_act(house, "facts", "", content, &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, keep_nothing, NULL, &result, err);
    buf_clear(&result);
    value_free(content);
    return ok;
}

bool fact_is_single(const struct args *args)
{
    size_t names = 0;
    struct err unsaid = {0};

    if (args_has(args, "from") || args_has(args, "paper") || !split(args, &names, &unsaid) ||
        names != 2) {
        return false;
    }
    for (size_t i = names; i < args->operand_count; i++) {
        if (args_attached(strchr(args_operand(args, i), '=') + 1)) {
            return false;
        }
    }
    return true;
}

/* The papers of --paper, for every row of the command. */
static bool read_papers(struct fact_turn *turn, struct err *err)
{
    const char *path;

    for (size_t i = 0; (path = args_value(turn->args, "paper", i)) != NULL; i++) {
        struct value *paper = NULL;

        if (!house_attach(turn->house, path, &paper, err)) {
            return false;
        }
        if (!turn->paper) {
            turn->paper = value_new_list();
        }
        value_push(turn->paper, paper);
    }
    return true;
}

enum outcome fact_begin(struct fact_turn *turn, struct house *house, const struct args *args,
                        struct err *err)
{
    struct fact_rows *rows = &turn->rows;
    int64_t occurred;
    size_t names;

    *turn = (struct fact_turn){.house = house, .args = args};
    if (!split(args, &names, err)) {
        return OUTCOME_USAGE;
    }
    if (!form_occurred(args, &occurred, err) || !house_write(house, args, err) ||
        !form_read(house, args, names, &turn->form, err) || !read_papers(turn, err)) {
        return OUTCOME_REFUSED;
    }
    fact_rows_begin(rows, args_operand(args, names - 1), occurred, turn->form);
    for (size_t i = 0; i + 1 < names; i++) {
        fact_rows_add(rows, args_operand(args, i), turn->form);
    }
    if ((args_has(args, "from") && !fact_rows_read(rows, house, args_get(args, "from"), err)) ||
        !view_begin(&turn->view, house, args, err) ||
        !fact_rows_complete(rows, house->site->store, house->office, err) ||
        (house->key && rows->count > 1 && !keep_key(house, rows, turn->paper, err))) {
        return OUTCOME_REFUSED;
    }
    for (size_t i = 0; i < rows->count; i++) {
        rows->facts[i].paper = turn->paper;
    }
    turn->results = mem_array(rows->count + 1, sizeof *turn->results);
    return OUTCOME_DONE;
}

bool fact_tell(struct fact_turn *turn, struct err *err)
{
    size_t count = turn->rows.count;
    size_t refused = 0;

    if (count == 1 && !turn->results[0].is_done) {
        *err = turn->results[0].err;
        return false;
    }
    if (!say_results(&turn->view, &turn->rows, turn->results, &refused, err)) {
        return false;
    }
    if (refused == count) {
        house_detach(turn->house);
    }
    if (refused) {
        err_set(err, ERR_INVALID, SAY("%zu 件中有 %zu 件未办成", "of %zu cases %zu were refused"),
                count, refused);
    }
    return refused == 0;
}

void fact_end(struct fact_turn *turn)
{
    bool is_done = turn->results && turn->results[0].is_done;

    if (!is_done && turn->rows.count <= 1) { /* of several cases some may be done: see fact_tell */
        house_detach(turn->house);
    }
    mem_free(turn->results);
    view_end(&turn->view);
    fact_rows_clear(&turn->rows);
    value_free(turn->form);
    value_free(turn->paper);
    *turn = (struct fact_turn){0};
}

enum outcome fact_handler(struct house *house, const struct args *args, struct err *err)
{
    struct fact_turn turn;
    enum outcome outcome = fact_begin(&turn, house, args, err);

    if (outcome == OUTCOME_DONE) {
        outcome = args_outcome(keeper_record(house->keeper, &house->actor, house->key,
                                             turn.rows.facts, turn.rows.count, turn.results, err) &&
                               fact_tell(&turn, err));
    }
    fact_end(&turn);
    return outcome;
}
