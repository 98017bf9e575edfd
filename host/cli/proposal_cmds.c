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
#include "cli/opened.h"
#include "cli/signers.h"
#include "cli/table.h"
#include "cli/version_cmds.h"
#include "cli/view.h"
#include "serve/keeper.h"
#include "serve/keeper_sign.h"

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
    bool is_own; /* only what the acting person may sign */
    int64_t count;
};

/* May the acting person sign the line whose turn it is? */
static bool is_theirs(const struct listing *listing, const struct proposal_line *line,
                      const struct view_case *found)
{
    struct house *house = listing->view->house;
    struct rights_question question = {.office_id = line->office_id,
                                       .person_id = house->actor.person_id,
                                       .record = found->record,
                                       .day = clock_day(site_now(house->site))};
    struct value *list = NULL;
    struct err why = {0};
    bool ok;

    if (!json_parse(line->signs, strlen(line->signs), &list, NULL)) {
        return false;
    }
    question.principals =
        value_get(value_at(list, line->next_sign > 0 ? (size_t)line->next_sign - 1 : 0), "who");
    ok = value_count(question.principals) > 0 && rights_may(house->site, &question, NULL, &why);
    value_free(list);
    return ok;
}

/* "编办主任、编委（须写依据）": those who may sign next. */
static void add_signers(struct view *view, const char *signs, int64_t next, struct buf *out)
{
    signers_say(view, signs, next, out);
    if (signers_want_basis(signs, next)) {
        buf_add_text(out, SAY("（须写依据）", " (basis)"));
    }
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
    if (listing->is_own && !is_theirs(listing, line, &found)) {
        view_case_clear(&found);
        return true;
    }
    listing->count++;
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
    struct listing listing = {.view = &view, .table = table, .is_own = args_has(args, "by")};
    struct value *drafts = NULL;
    bool ok = false;

    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !proposals_list(house->site->store, 0, true, add_proposal, &listing, err) ||
        !version_list_drafts(house, &drafts, err)) {
        goto done;
    }
    if (!listing.is_own) { /* drafts are for accounts, not for people */
        add_drafts(table, drafts);
        listing.count += (int64_t)value_count(drafts);
    }
    if (listing.count && listing.is_own) {
        out_print(&house->out, SAY("可由 %s 签批的 %" PRId64 " 项\n", "%s may sign %" PRId64 "\n"),
                  args_get(args, "by"), listing.count);
    } else if (listing.count) {
        out_print(&house->out, SAY("待批 %" PRId64 " 项\n", "%" PRId64 " wait\n"), listing.count);
    }
    ok = table_give(table, &house->out, args_get(args, "o"),
                    SAY("没有待批事项。", "Nothing waits for a signature."), err);
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
    char *step; /* "ladder/step" */
};

static bool take_proposal(void *context, const struct proposal_line *line)
{
    struct proposal_seen *seen = context;

    if (view_case(seen->view, line->number, &seen->found, NULL)) {
        seen->key = mem_text(line->effect_key);
        seen->title = mem_text(line->title);
        seen->status = mem_text(line->status);
        seen->step = mem_text(line->step);
    }
    return false;
}

static void clear_seen(struct proposal_seen *seen)
{
    view_case_clear(&seen->found);
    mem_free(seen->key);
    mem_free(seen->title);
    mem_free(seen->status);
    mem_free(seen->step);
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

/* What a rejection means for what stands after the step; versions before this was told say nothing.
 */
static void say_rejected(const struct proposal_seen *seen)
{
    const struct value *about = view_about(seen->view, seen->found.activation_id);
    const char *step = value_get_text(value_get(value_get(about, "steps"), seen->step), "rejected");

    out_print(&seen->view->house->out, "  %s\n",
              !step ? SAY("已驳回", "rejected")
              : strcmp(step, "skip") == 0
                  ? SAY("已驳回；其后各级照常执行", "rejected; what stands after it goes on")
                  : SAY("已驳回；其后各级不再执行", "rejected; what stands after it ends"));
}

static bool say_signed(struct view *view, int64_t id, bool is_approved, struct err *err)
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
    if (!is_approved) {
        say_rejected(&seen);
    }
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

/* Who settled it and when; false, with the sentence, unless it still waits. */
static bool still_waits(struct proposal_seen *seen, int64_t id, struct err *err)
{
    static const char *const WORDS[][3] = {
        {"approved", "批准", "approved"},
        {"rejected", "驳回", "rejected"},
    };
    struct store *store = seen->view->house->site->store;
    struct labels labels = {.store = store};
    struct stmt *stmt = NULL;
    struct buf who;
    bool has_row = false;
    char day[12];

    if (strcmp(seen->status, "waiting") == 0 ||
        !store_ask(store,
                   "SELECT kind, actor, at FROM events WHERE case_id = $1 AND name = $2"
                   " AND kind IN ('approved', 'rejected') ORDER BY seq DESC LIMIT 1",
                   &stmt, err, "it", seen->found.case_id, seen->key)) {
        return strcmp(seen->status, "waiting") == 0;
    }
    buf_init(&who, 512);
    if (stmt_step(stmt, &has_row, err) && has_row) {
        bool is_rejected = strcmp(stmt_text(stmt, 0, NULL), "rejected") == 0;
        const char *actor = stmt_text(stmt, 1, NULL);

        if (actor) {
            label_person(&labels, actor, &who);
        }
        clock_format_day(clock_day(stmt_int(stmt, 2)), day);
        err_set(err, ERR_CONFLICT,
                SAY("P%" PRId64 " 已经办结：%s 于 %s %s", "P%" PRId64 " is settled: %s on %s %s"),
                id, buf_text(&who), day, SAY(WORDS[is_rejected][1], WORDS[is_rejected][2]));
    } else {
        err_set(err, ERR_CONFLICT,
                strcmp(seen->status, "expired") == 0
                    ? SAY("P%" PRId64 " 已过期，退回经办人", "P%" PRId64 " has expired")
                    : SAY("P%" PRId64 " 已经办结，不能再批", "P%" PRId64 " is settled already"),
                id);
    }
    stmt_reset(stmt);
    buf_clear(&who);
    return false;
}

/* What else must be published before the step can be carried out. */
static void explain_missing(struct proposal_seen *seen, struct err *err)
{
    const struct value *about = view_about(seen->view, seen->found.activation_id);
    const struct value *opens = value_get(about, "opens");
    struct house *house = seen->view->house;

    for (size_t i = 0; err->kind == ERR_MISSING && i < value_count(opens); i++) {
        const char *id = value_text(value_at(opens, i));
        struct buf title;

        if (!id || !strstr(err->text, id)) {
            continue;
        }
        buf_init(&title, 512);
        opened_title(house, id, &title);
        err_set(err, ERR_MISSING,
                SAY("“%s”尚未发布，请先发布 workflows/%s.lua",
                    "\"%s\" is not published: publish workflows/%s.lua first"),
                buf_text(&title), id);
        buf_clear(&title);
        return;
    }
}

static bool sign_case(struct house *house, const struct args *args,
                      const struct keeper_verdict *verdict, struct err *err)
{
    struct view view = {0};
    struct proposal_seen seen = {.view = &view};
    bool ok = view_begin(&view, house, args, err) && look(&seen, verdict->proposal_id, err) &&
              (house->key || still_waits(&seen, verdict->proposal_id, err));

    if (ok && !keeper_sign(house->keeper, &house->actor, house->key, verdict, err)) {
        explain_missing(&seen, err);
        ok = false;
    }
    ok = ok && say_signed(&view, verdict->proposal_id, verdict->is_approved, err);

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

    if (!verdict.opinion || text_is_blank(verdict.opinion)) {
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
    OPTION_FILE,
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command proposal_commands[] = {
    {"proposals", "[--by PERSON] [-o FILE]", "待批事项：案件的（P…）和版本的（V…）",
     "what waits for a signature: of cases (P…), of versions (V…)", LIST_OPTIONS, 0, 0, 0,
     list_handler, REACH_SITE},
    {"approve", "ID --opinion TEXT [--basis TEXT]", "批准",
     "approves a proposal or a draft version", APPROVE_OPTIONS, 1, 1, 0, approve_handler,
     REACH_SITE},
    {"reject", "ID --opinion TEXT", "驳回", "rejects a proposal or a draft version", REJECT_OPTIONS,
     1, 1, 0, reject_handler, REACH_SITE},
    {"plan show", "[--case NUMBER]", "停机后的补办清单", "the catch-up list after an outage",
     plan_show_options, 0, 0, 0, plan_show_handler, REACH_SITE},
    {"plan sign", "[--fire ID…|--all] [--skip ID…] --reason TEXT",
     "签补办清单：哪些执行，哪些不再执行",
     "signs the catch-up list: what still fires and what does not", plan_sign_options, 0, 0, 0,
     plan_sign_handler, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
