/* Looking at a site. Descriptions of versions are parsed once per activation and kept in the house;
   what somebody may see is settled once, at the beginning, so that each row costs a comparison. */
#include "cli/view.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/case_list.h"

/* The own office and those below it. */
static bool load_offices(struct view *view, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = false;

    if (!store_ask(view->house->site->store, RIGHTS_BELOW "SELECT office_id FROM below", &stmt, err,
                   "i", view->scope.office_id)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            ok = true;
            break;
        }
        view->seen = mem_resize(view->seen, (view->seen_count + 1) * sizeof *view->seen);
        view->seen[view->seen_count++] = stmt_int(stmt, 0);
    }
    stmt_reset(stmt);
    return ok;
}

bool view_begin(struct view *view, struct house *house, const struct args *args, struct err *err)
{
    struct unit unit;
    int64_t person_id;

    *view = (struct view){.house = house};
    if (!house_who(house, args, err)) {
        return false;
    }
    /* --by may show less, what its person sees, but never more than the account's own. */
    person_id = house->own_id ? house->own_id : house->actor.person_id;
    if (!rights_scope(house->site, house->office_id, person_id, &view->scope, err)) {
        return false;
    }
    if (view->scope.unit_id) {
        if (!registry_unit(house->site, view->scope.unit_id, &unit, err)) {
            return false;
        }
        memcpy(view->unit, unit.code, sizeof view->unit);
    }
    return true;
}

bool view_find_offices(struct view *view, struct err *err)
{
    return view->seen || load_offices(view, err);
}

void view_end(struct view *view)
{
    mem_free(view->seen);
    *view = (struct view){0};
}

static struct value *load_about(struct store *store, int64_t activation_id)
{
    struct stmt *stmt = NULL;
    struct value *about = NULL;
    bool has_row = false;

    if (store_ask(
            store,
            "SELECT v.about FROM activations AS a JOIN versions AS v ON v.version_id = a.version_id"
            " WHERE a.activation_id = $1",
            &stmt, NULL, "i", activation_id) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 0, &length);

        if (!json_parse(text, length, &about, NULL)) {
            about = NULL;
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return about;
}

const struct value *view_about(struct view *view, int64_t activation_id)
{
    struct value *pages = view->house->pages;
    struct value *about;
    char key[24];

    (void)snprintf(key, sizeof key, "%lld", (long long)activation_id);
    if (!value_get(pages, key)) {
        about = load_about(view->house->site->store, activation_id);
        if (about) {
            value_set(pages, key, about);
        }
    }
    return value_get(pages, key);
}

struct labels view_labels(struct view *view, int64_t activation_id)
{
    return (struct labels){.about = view_about(view, activation_id),
                           .store = view->house->site->store};
}

bool view_sees_office(struct view *view, int64_t office_id)
{
    struct err unsaid = {0};

    if (office_id == view->scope.office_id) {
        return true;
    }
    if (!view_find_offices(view, &unsaid)) {
        return false;
    }
    for (size_t i = 0; i < view->seen_count; i++) {
        if (view->seen[i] == office_id) {
            return true;
        }
    }
    return false;
}

bool view_sees(struct view *view, const struct case_line *line)
{
    if (!view_sees_office(view, line->office_id)) {
        return false;
    }
    return !view->unit[0] || (line->unit_code && strcmp(line->unit_code, view->unit) == 0);
}

struct finding {
    struct view *view;
    struct view_case *found;
    bool is_found;
};

static bool take_case(void *context, const struct case_line *line)
{
    struct finding *finding = context;
    struct view_case *out = finding->found;

    if (!view_sees(finding->view, line)) {
        return false;
    }
    *out = (struct view_case){
        .case_id = line->case_id,
        .office_id = line->office_id,
        .activation_id = line->activation_id,
        .number = mem_text(line->number),
        .workflow = mem_text(line->workflow),
        .title = mem_text(line->title),
        .state = mem_text(line->state),
        .unit_code = mem_text(line->unit_code),
        .unit_name = mem_text(line->unit_name),
        .due = mem_text(line->due),
        .parent = mem_text(line->parent),
        .outcome = mem_text(line->outcome),
        .set_aside = mem_text(line->set_aside),
        .seq = line->seq,
        .opened_at = line->opened_at,
        .closed_at = line->closed_at,
    };
    if (!json_parse(line->record, strlen(line->record), &out->record, NULL)) {
        out->record = value_new_map();
    }
    finding->is_found = true;
    return false;
}

bool view_case(struct view *view, const char *number, struct view_case *out, struct err *err)
{
    struct finding finding = {.view = view, .found = out};

    if (!cases_show(view->house->site->store, view->house->office, number, take_case, &finding,
                    err)) {
        return false;
    }
    if (!finding.is_found) {
        err_set(err, ERR_MISSING, SAY("没有案件 %s", "there is no case %s"), number);
    }
    return finding.is_found;
}

void view_case_clear(struct view_case *out)
{
    mem_free(out->number);
    mem_free(out->workflow);
    mem_free(out->title);
    mem_free(out->state);
    mem_free(out->unit_code);
    mem_free(out->unit_name);
    mem_free(out->due);
    mem_free(out->parent);
    mem_free(out->outcome);
    mem_free(out->set_aside);
    value_free(out->record);
    *out = (struct view_case){0};
}

/* "case_transfer（巡视建议移交督办）、…": the workflows with an active version. */
static void list_workflows(struct store *store, struct buf *out)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(
            store,
            "SELECT DISTINCT v.workflow, v.title FROM activations AS a"
            " JOIN versions AS v ON v.version_id = a.version_id"
            " WHERE a.status = 'active' AND v.kind = 'workflow' ORDER BY v.workflow LIMIT 20",
            &stmt, NULL, "")) {
        return;
    }
    while (stmt_step(stmt, &has_row, NULL) && has_row) {
        buf_add_format(out, SAY("%s%s（%s）", "%s%s (%s)"), out->length ? SAY("、", ", ") : "",
                       stmt_text(stmt, 0, NULL), stmt_text(stmt, 1, NULL));
    }
    stmt_reset(stmt);
}

bool view_workflow(struct house *house, const char *word, char **id, struct err *err)
{
    struct store *store = house->site->store;
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = false;
    struct buf known;

    if (!store_ask(store,
                   "SELECT v.workflow FROM activations AS a JOIN versions AS v ON v.version_id = "
                   "a.version_id"
                   " WHERE v.workflow = $1 OR v.title = $1"
                   " ORDER BY v.workflow = $1 DESC, a.status = 'active' DESC, a.activation_id DESC "
                   "LIMIT 1",
                   &stmt, err, "t", word)) {
        return false;
    }
    ok = stmt_step(stmt, &has_row, err);
    if (ok && has_row) {
        *id = mem_text(stmt_text(stmt, 0, NULL));
    }
    stmt_reset(stmt);
    if (!ok || has_row) {
        return ok;
    }
    buf_init(&known, 2048);
    list_workflows(store, &known);
    err_set(
        err, ERR_MISSING,
        SAY("没有发布过工作流 “%s”；在用的有：%s", "no workflow \"%s\" is published; in use: %s"),
        word, known.length ? buf_text(&known) : SAY("无", "none"));
    buf_clear(&known);
    return false;
}
