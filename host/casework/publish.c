/* Activations as they change: drafted by one account, approved by another, followed by the offices
   below that had followed before. Nothing here touches an open case: it stays on the version it
   began with. */
#include "casework/publish.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/rights.h"
#include "casework/rows.h"
#include "casework/settings.h"
#include "casework/versions.h"

#define NOTE_LIMIT 1000

/* A row to be written. */
struct fresh {
    int64_t office_id;
    const char *workflow;
    int64_t version_id;
    const struct settings *settings;
    const char *status;
    const char *note;
    int64_t author_id;
    int64_t approver_id; /* 0: a draft */
};

static bool insert(struct site *site, const struct fresh *row, int64_t *id, struct err *err)
{
    int64_t number = 0;
    char note[NOTE_LIMIT];
    int64_t now = site_now(site);

    row_put(note, sizeof note, row->note);
    if (!store_one_int(site->store,
                       "SELECT COALESCE(MAX(number), 0) + 1 FROM activations "
                       "WHERE office_id = $1 AND workflow = $2",
                       &number, err, "it", row->office_id, row->workflow) ||
        !store_run(site->store,
                   "INSERT INTO activations (office_id, workflow, number, version_id, settings, "
                   "settings_hash, status, note, author_id, approver_id, created_at, approved_at) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULLIF($10, 0), $11, "
                   "CASE WHEN $10 = 0 THEN NULL ELSE $11 END)",
                   NULL, err, "itiittttiii", row->office_id, row->workflow, number, row->version_id,
                   row->settings->json, row->settings->hash, row->status, note, row->author_id,
                   row->approver_id, now)) {
        return false;
    }
    *id = store_last_id(site->store);
    return true;
}

static bool resolve(struct site *site, int64_t office_id, const char *workflow,
                    const char *about_json, struct settings *out, struct err *err)
{
    bool ok = false;
    struct value *about = NULL;

    ok = json_parse(about_json, strlen(about_json), &about, err) &&
         setting_resolve(site, office_id, workflow, about, out, err);
    value_free(about);
    return ok;
}

/* Nothing new: the office's own active one is the same. */
static bool check_news(struct site *site, int64_t office_id, const struct version *version,
                       const struct settings *settings, struct err *err)
{
    int64_t same = 0;

    if (!store_one_int(site->store,
                       "SELECT COUNT(*) FROM activations WHERE office_id = $1 AND workflow = $2 "
                       "AND status = 'active' AND version_id = $3 AND settings_hash = $4",
                       &same, err, "itit", office_id, version->workflow, version->version_id,
                       settings->hash)) {
        return false;
    }
    if (same) {
        err_set(err, ERR_CONFLICT,
                SAY("“%s”的这个版本已经在用", "this version of \"%s\" is active already"),
                version->workflow);
    }
    return same == 0;
}

bool activation_draft(struct site *site, int64_t office_id, int64_t version_id,
                      const struct actor *author, const char *note, int64_t *id, struct err *err)
{
    bool ok = false;
    struct version version = {0};
    struct settings settings = {0};
    struct fresh row = {.office_id = office_id, .version_id = version_id, .note = note};

    row.status = "draft";
    row.author_id = author->account_id;
    row.settings = &settings;
    if (!version_get(site, version_id, &version, err)) {
        return false;
    }
    row.workflow = version.workflow;
    ok = resolve(site, office_id, version.workflow, version.about, &settings, err) &&
         check_news(site, office_id, &version, &settings, err) &&
         store_run(site->store,
                   "UPDATE activations SET status = 'rejected' WHERE office_id = $1 "
                   "AND workflow = $2 AND status = 'draft'",
                   NULL, err, "it", office_id, version.workflow) &&
         insert(site, &row, id, err);
    setting_clear(&settings);
    version_clear(&version);
    return ok;
}

static bool refuse_status(const struct activation *draft, struct err *err)
{
    bool is_rejected = strcmp(draft->status, "rejected") == 0;

    err_set(err, ERR_CONFLICT, SAY("“%s”第 %" PRId64 " 版%s", "\"%s\" number %" PRId64 " %s"),
            draft->workflow, draft->number,
            is_rejected ? SAY("已被退回", "was rejected") : SAY("早已批准", "was approved before"));
    return false;
}

/* Another hand than the author's: neither the account nor the person behind it may be the same. */
static bool check_hand(struct site *site, const struct activation *draft, int64_t approver_id,
                       struct err *err)
{
    struct account author = {0};
    struct account approver = {0};

    if (site->conf.may_approve_alone) {
        return true;
    }
    if (!registry_account(site, draft->author_id, &author, err) ||
        !registry_account(site, approver_id, &approver, err)) {
        return false;
    }
    if (author.account_id == approver.account_id ||
        (author.person_id && author.person_id == approver.person_id)) {
        err_set(err, ERR_DENIED,
                SAY("“%s”第 %" PRId64 " 版由“%s”起草，须由另一个账号批准",
                    "\"%s\" number %" PRId64
                    " was drafted by \"%s\"; another account must approve it"),
                draft->workflow, draft->number, author.name);
        return false;
    }
    return true;
}

static bool retire(struct site *site, int64_t office_id, const char *workflow, struct err *err)
{
    return store_run(site->store,
                     "UPDATE activations SET status = 'retired' WHERE office_id = $1 "
                     "AND workflow = $2 AND status = 'active'",
                     NULL, err, "it", office_id, workflow);
}

/* Writes an active row for an office, in the place of its own one before. */
static bool replace(struct site *site, struct fresh *row, const char *about, struct err *err)
{
    int64_t id = 0;
    struct settings settings = {0};
    bool ok = resolve(site, row->office_id, row->workflow, about, &settings, err);

    row->settings = &settings;
    ok = ok && retire(site, row->office_id, row->workflow, err) && insert(site, row, &id, err);
    row->settings = NULL;
    setting_clear(&settings);
    return ok;
}

/* The active activations of the offices under one (without itself), by office. */
static bool below(struct site *site, int64_t office_id, const char *workflow, int64_t **ids,
                  size_t *count, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store,
                     RIGHTS_BELOW "SELECT a.activation_id FROM activations AS a "
                                  "JOIN below AS b ON b.office_id = a.office_id "
                                  "WHERE a.workflow = $2 AND a.status = 'active' "
                                  "AND a.office_id <> $1 ORDER BY a.office_id",
                     &stmt, err, "it", office_id, workflow) &&
           row_ids(stmt, ids, count, err);
}

/* Offices below that used the version before, with settings of their own, go along to the new one.
 */
static bool lead_below(struct site *site, const struct activation *draft, int64_t before_id,
                       int64_t approver_id, struct err *err)
{
    bool ok = true;
    int64_t *ids = NULL;
    size_t count = 0;

    if (!below(site, draft->office_id, draft->workflow, &ids, &count, err)) {
        return false;
    }
    for (size_t i = 0; ok && i < count; i++) {
        struct activation one = {0};

        ok = activation_get(site, ids[i], &one, err);
        if (ok && one.version_id == before_id) {
            struct fresh row = {.office_id = one.office_id, .workflow = draft->workflow};

            row.version_id = draft->version_id;
            row.status = "active";
            row.note = SAY("随上级版本", "follows the office above");
            row.author_id = draft->author_id;
            row.approver_id = approver_id;
            ok = replace(site, &row, draft->about, err);
        }
        activation_clear(&one);
    }
    mem_free(ids);
    return ok;
}

/* The draft becomes the active one, with the settings as they are on this day. */
static bool activate(struct site *site, const struct activation *draft, int64_t approver_id,
                     struct err *err)
{
    struct settings settings = {0};
    bool ok = resolve(site, draft->office_id, draft->workflow, draft->about, &settings, err) &&
              retire(site, draft->office_id, draft->workflow, err) &&
              store_run(site->store,
                        "UPDATE activations SET status = 'active', approver_id = $2, "
                        "approved_at = $3, settings = $4, settings_hash = $5 "
                        "WHERE activation_id = $1",
                        NULL, err, "iiitt", draft->activation_id, approver_id, site_now(site),
                        settings.json, settings.hash);

    setting_clear(&settings);
    return ok;
}

static bool approve(struct site *site, int64_t id, int64_t approver_id, struct err *err)
{
    bool ok = false;
    struct activation draft = {0};
    struct activation before = {0};
    struct err missing = {0};

    if (!activation_get(site, id, &draft, err)) {
        return false;
    }
    if (strcmp(draft.status, "draft") != 0) {
        refuse_status(&draft, err);
        goto done;
    }
    if (!check_hand(site, &draft, approver_id, err) ||
        !version_check_id(site, draft.kind, draft.workflow, draft.code, err)) {
        goto done;
    }
    if (!activation_active(site, draft.office_id, draft.workflow, &before, &missing) &&
        missing.kind != ERR_MISSING) {
        err_set(err, missing.kind, "%s", missing.text);
        goto done;
    }
    ok = activate(site, &draft, approver_id, err) &&
         (!before.version_id || lead_below(site, &draft, before.version_id, approver_id, err));
done:
    activation_clear(&before);
    activation_clear(&draft);
    return ok;
}

bool activation_approve(struct site *site, int64_t id, const struct actor *actor, struct err *err)
{
    return approve(site, id, actor->account_id, err);
}

bool activation_approve_by(struct site *site, int64_t id, const char *account, struct err *err)
{
    struct account found = {0};

    if (!site->is_virtual) {
        err_set(err, ERR_DENIED,
                SAY("--approve-by 只能用在演练站点（虚拟时钟）",
                    "--approve-by is for rehearsal sites (with a virtual clock) only"));
        return false;
    }
    return registry_account_find(site, account, &found, err) &&
           approve(site, id, found.account_id, err);
}

bool activation_reject(struct site *site, int64_t id, const struct actor *actor, const char *reason,
                       struct err *err)
{
    bool ok = false;
    struct activation draft = {0};
    struct buf note;

    if (!activation_get(site, id, &draft, err)) {
        return false;
    }
    buf_init(&note, NOTE_LIMIT);
    if (strcmp(draft.status, "draft") != 0) {
        refuse_status(&draft, err);
    } else {
        buf_add_format(&note, SAY("%s%s退回（%s）：%s", "%s%srejected by %s: %s"), draft.note,
                       *draft.note ? SAY("；", "; ") : "", actor->recorder, reason ? reason : "");
        ok = store_run(site->store,
                       "UPDATE activations SET status = 'rejected', note = $2 "
                       "WHERE activation_id = $1",
                       NULL, err, "it", id, buf_text(&note));
    }
    buf_clear(&note);
    activation_clear(&draft);
    return ok;
}

/* One office whose settings may have changed; *changed grows when it got a new activation. */
static bool resettle_one(struct site *site, struct fresh *row, const struct activation *active,
                         int64_t *changed, struct err *err)
{
    struct settings settings = {0};
    bool ok = resolve(site, row->office_id, row->workflow, active->about, &settings, err);

    /* An office with a setting of its own needs an activation of its own, or a later change above
       would go past it. */
    if (ok && (active->office_id != row->office_id ||
               strcmp(settings.hash, active->settings_hash) != 0)) {
        row->version_id = active->version_id;
        ok = replace(site, row, active->about, err);
        *changed += 1;
    }
    setting_clear(&settings);
    return ok;
}

bool activation_resettle(struct site *site, int64_t office_id, const char *workflow,
                         const struct actor *author, const char *note, int64_t *changed,
                         struct err *err)
{
    bool ok = false;
    int64_t done = 0;
    int64_t *ids = NULL;
    size_t count = 0;
    struct activation active = {0};
    struct fresh row = {.office_id = office_id, .workflow = workflow, .note = note};

    row.status = "active";
    row.author_id = author->account_id;
    row.approver_id = author->account_id;
    ok = activation_active(site, office_id, workflow, &active, err) &&
         resettle_one(site, &row, &active, &done, err) &&
         below(site, office_id, workflow, &ids, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        activation_clear(&active);
        ok = activation_get(site, ids[i], &active, err);
        row.office_id = active.office_id;
        ok = ok && resettle_one(site, &row, &active, &done, err);
    }
    if (ok && changed) {
        *changed = done;
    }
    activation_clear(&active);
    mem_free(ids);
    return ok;
}
