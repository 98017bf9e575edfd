/* What waits for a person, and the two answers. Proposals of cases carry ids like P12, draft
   versions V3: one list, because the reader asks one question, "what is there to sign". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "cli/decisions.h"
#include "cli/form.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/table.h"
#include "cli/version_cmds.h"
#include "cli/view.h"
#include "serve/keeper.h"

static const struct column COLUMNS[] = {
    {"id", "编号", "ID", 0, false},
    {"number", "案件", "CASE", 0, false},
    {"unit", "单位", "UNIT", 14, false},
    {"title", "事项", "WHAT", 16, false},
    {"waits_for", "待签", "WAITS FOR", 14, false},
    {"raised_at", "提出", "RAISED", 0, false},
    {NULL, NULL, NULL, 0, false},
};

struct listing {
    struct view *view;
    struct table *table;
};

/* "编办主任、编委": those who may sign next. */
static void add_signers(struct view *view, const char *signs, int64_t next, struct buf *out)
{
    struct value *list = NULL;
    const struct value *who;

    if (!json_parse(signs, strlen(signs), &list, NULL)) {
        return;
    }
    who = value_get(value_at(list, next > 0 ? (size_t)next - 1 : 0), "who");
    for (size_t i = 0; i < value_count(who); i++) {
        const char *role = value_get_text(value_at(who, i), "role");
        const char *person = value_get_text(value_at(who, i), "person");
        const char *unit = value_get_text(value_at(who, i), "unit");
        struct labels labels = {.store = view->house->site->store};

        buf_add_text(out, i ? "、" : "");
        if (unit) {
            label_unit(&labels, unit, out);
        }
        if (role) {
            buf_add_text(out, rights_title(view->house->site, role));
        } else if (person) {
            label_person(&labels, person, out);
        }
    }
    if (value_get_text(value_at(list, next > 0 ? (size_t)next - 1 : 0), "basis")) {
        buf_add_text(out, SAY("（须写依据）", " (basis)"));
    }
    value_free(list);
}

static bool add_proposal(void *context, const struct proposal_line *line)
{
    struct listing *listing = context;
    struct view_case found = {0};
    struct buf text;
    char id[32];

    if (!view_case(listing->view, line->number, &found, NULL)) {
        return true; /* not for these eyes */
    }
    buf_init(&text, 1024);
    snprintf(id, sizeof id, "P%" PRId64, line->proposal_id);
    add_signers(listing->view, line->signs, line->next_sign, &text);
    table_text(listing->table, id);
    table_text(listing->table, line->number);
    table_text(listing->table, found.unit_name);
    table_text(listing->table, line->title);
    table_text(listing->table, buf_text(&text));
    table_day(listing->table, clock_day(line->raised_at));
    buf_clear(&text);
    view_case_clear(&found);
    return true;
}

static void add_drafts(struct table *table, const struct value *drafts)
{
    for (size_t i = 0; i < value_count(drafts); i++) {
        const struct value *draft = value_at(drafts, i);
        struct buf text;

        buf_init(&text, 1024);
        buf_add_format(&text, SAY("第%" PRId64 "版 %s", "version %" PRId64 " %s"),
                       value_get_int(draft, "number", 0),
                       value_get_text(draft, "title") ? value_get_text(draft, "title") : "");
        table_text(table, value_get_text(draft, "id"));
        table_text(table, value_get_text(draft, "workflow"));
        table_text(table, NULL);
        table_text(table, buf_text(&text));
        table_text(table, SAY("另一账户", "another account"));
        table_day(table, clock_day(value_get_int(draft, "created_at", 0)));
        buf_clear(&text);
    }
}

static enum outcome list_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct table *table = table_new(COLUMNS);
    struct listing listing = {.view = &view, .table = table};
    struct value *drafts = NULL;
    bool ok = false;

    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !proposals_list(house->site->store, 0, true, add_proposal, &listing, err) ||
        !version_list_drafts(house, &drafts, err)) {
        goto done;
    }
    add_drafts(table, drafts);
    table_show(table, &house->out, SAY("没有待批事项。", "Nothing waits for a signature."));
    ok = true;
done:
    value_free(drafts);
    table_free(table);
    view_end(&view);
    return args_outcome(ok);
}

/* "P12" or "12"; false when it is neither. */
static bool proposal_id(const char *text, int64_t *id)
{
    char *end = NULL;

    text += *text == 'P' || *text == 'p';
    if (*text < '0' || *text > '9') {
        return false;
    }
    *id = strtoll(text, &end, 10);
    return *end == '\0';
}

struct proposal_seen {
    struct view *view;
    struct view_case found;
    char *key;
    char *title;
    char *status;
};

static bool take_proposal(void *context, const struct proposal_line *line)
{
    struct proposal_seen *seen = context;

    if (view_case(seen->view, line->number, &seen->found, NULL)) {
        seen->key = mem_text(line->effect_key);
        seen->title = mem_text(line->title);
        seen->status = mem_text(line->status);
    }
    return false;
}

static void clear_seen(struct proposal_seen *seen)
{
    view_case_clear(&seen->found);
    mem_free(seen->key);
    mem_free(seen->title);
    mem_free(seen->status);
    *seen = (struct proposal_seen){.view = seen->view};
}

/* The proposal as it stands now; ERR_MISSING also when it is not for these eyes. */
static bool look(struct proposal_seen *seen, int64_t id, struct err *err)
{
    clear_seen(seen);
    if (!proposals_show(seen->view->house->site->store, id, take_proposal, seen, err)) {
        return false;
    }
    if (!seen->key) {
        err_set(err, ERR_MISSING, SAY("没有待批事项 P%" PRId64, "there is no proposal P%" PRId64),
                id);
        return false;
    }
    return true;
}

static bool say_signed(struct view *view, int64_t id, struct err *err)
{
    struct proposal_seen seen = {.view = view};
    struct house *house = view->house;
    struct value *decisions = NULL;
    int64_t seq = 0;
    bool ok = false;

    if (!look(&seen, id, err) ||
        !store_one_int(house->site->store,
                       "SELECT COALESCE(MAX(seq), 0) FROM events"
                       " WHERE case_id = $1 AND kind IN ('approved', 'rejected') AND name = $2",
                       &seq, err, "it", seen.found.case_id, seen.key)) {
        goto done;
    }
    out_print(&house->out, "P%" PRId64 "  %s  %s  %s\n", id, seen.found.number,
              seen.found.unit_name ? seen.found.unit_name : seen.found.title, seen.title);
    if (!decisions_show(view, &seen.found, seq, &decisions, err)) {
        goto done;
    }
    if (house->out.is_json) {
        struct value *map = out_map(&house->out);

        value_set_int(map, "id", id);
        value_set_text(map, "number", seen.found.number);
        value_set_text(map, "status", seen.status);
        value_set(map, "decisions", value_copy(decisions));
    }
    ok = true;
done:
    value_free(decisions);
    clear_seen(&seen);
    return ok;
}

static bool sign_case(struct house *house, const struct args *args,
                      const struct keeper_verdict *verdict, struct err *err)
{
    struct view view = {0};
    struct proposal_seen seen = {.view = &view};
    bool ok = view_begin(&view, house, args, err) && look(&seen, verdict->proposal_id, err) &&
              keeper_sign(house->keeper, &house->actor, house->key, verdict, err) &&
              say_signed(&view, verdict->proposal_id, err);

    clear_seen(&seen);
    view_end(&view);
    return ok;
}

static bool sign_version(struct house *house, int64_t id, bool is_approved, const char *opinion,
                         struct err *err)
{
    struct value *told = NULL;
    const char *workflow;

    if (!(is_approved ? version_approve(house, id, opinion, &told, err)
                      : version_reject(house, id, opinion, &told, err))) {
        return false;
    }
    workflow = value_get_text(told, "workflow");
    out_print(&house->out, "V%" PRId64 "  %s  %s\n", id, workflow ? workflow : "",
              is_approved ? SAY("已批准启用", "approved and in use") : SAY("已驳回", "rejected"));
    out_document(&house->out, told);
    return true;
}

static enum outcome answer(struct house *house, const struct args *args, bool is_approved,
                           struct err *err)
{
    struct keeper_verdict verdict = {.is_approved = is_approved,
                                     .opinion = args_get(args, "opinion"),
                                     .basis = is_approved ? args_get(args, "basis") : NULL};
    const char *id = args_operand(args, 0);
    int64_t draft = 0;
    bool is_draft = version_is_draft_id(id, &draft);

    if (!verdict.opinion || !*verdict.opinion) {
        return args_refuse(
            err, "%s",
            SAY("须写明意见：--opinion “同意”", "an opinion is needed: --opinion \"agreed\""));
    }
    if (!is_draft && !proposal_id(id, &verdict.proposal_id)) {
        return args_refuse(err,
                           SAY("“%s”不是待批事项的编号（如 P12、V3，见 duban proposals）",
                               "\"%s\" is no id such as P12 or V3 (see duban proposals)"),
                           id);
    }
    if (!house_write(house, args, err) ||
        !form_refuse_classified(house, NULL, verdict.opinion, SAY("意见", "the opinion"), err) ||
        (verdict.basis &&
         !form_refuse_classified(house, NULL, verdict.basis, SAY("依据", "the basis"), err))) {
        return OUTCOME_REFUSED;
    }
    return args_outcome(is_draft ? sign_version(house, draft, is_approved, verdict.opinion, err)
                                 : sign_case(house, args, &verdict, err));
}

static enum outcome approve_handler(struct house *house, const struct args *args, struct err *err)
{
    return answer(house, args, true, err);
}

static enum outcome reject_handler(struct house *house, const struct args *args, struct err *err)
{
    return answer(house, args, false, err);
}

static const struct option APPROVE_OPTIONS[] = {
    {"opinion", "TEXT", "意见（必填）", "the opinion, required"},
    {"basis", "TEXT", "依据，如会议名称和日期", "the basis, such as the meeting and its date"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option REJECT_OPTIONS[] = {
    {"opinion", "TEXT", "意见（必填）", "the opinion, required"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option LIST_OPTIONS[] = {
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command proposal_commands[] = {
    {"proposals", "[--by PERSON]", "待批事项：案件的（P…）和版本的（V…）",
     "what waits for a signature: of cases (P…), of versions (V…)", LIST_OPTIONS, 0, 0, 0,
     list_handler},
    {"approve", "ID --opinion TEXT [--basis TEXT]", "批准",
     "approves a proposal or a draft version", APPROVE_OPTIONS, 1, 1, 0, approve_handler},
    {"reject", "ID --opinion TEXT", "驳回", "rejects a proposal or a draft version", REJECT_OPTIONS,
     1, 1, 0, reject_handler},
    {"plan show", "[--case NUMBER]", "停机后的补办清单", "the catch-up list after an outage",
     plan_show_options, 0, 0, 0, plan_show_handler},
    {"plan sign", "[--fire ID…|--all] [--skip ID…] --reason TEXT",
     "签补办清单：哪些执行，哪些不再执行",
     "signs the catch-up list: what still fires and what does not", plan_sign_options, 0, 0, 0,
     plan_sign_handler},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
