/* Activations as they are read: what an office uses, and what it inherits from the office above. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"
#include "casework/versions.h"

#define COLUMNS                                                                                 \
    "SELECT a.activation_id, a.office_id, a.number, a.version_id, a.author_id, a.approver_id, " \
    "a.created_at, a.approved_at, v.hash, a.settings_hash, a.status, v.kind, a.workflow, "      \
    "v.title, "                                                                                 \
    "v.code, a.settings, v.about, a.note FROM activations AS a "                                \
    "JOIN versions AS v ON v.version_id = a.version_id "
/* Offices from the asking one upwards, by distance. */
#define ABOVE                                                                      \
    "WITH RECURSIVE above (office_id, parent_id, distance) AS "                    \
    "(SELECT office_id, parent_id, 0 FROM offices WHERE office_id = $1 UNION ALL " \
    "SELECT o.office_id, o.parent_id, b.distance + 1 FROM offices AS o "           \
    "JOIN above AS b ON o.office_id = b.parent_id WHERE b.distance < 4) "

static void read_activation(const struct stmt *stmt, struct activation *out)
{
    out->activation_id = stmt_int(stmt, 0);
    out->office_id = stmt_int(stmt, 1);
    out->number = stmt_int(stmt, 2);
    out->version_id = stmt_int(stmt, 3);
    out->author_id = stmt_int(stmt, 4);
    out->approver_id = row_id(stmt, 5);
    out->created_at = stmt_int(stmt, 6);
    out->approved_at = row_id(stmt, 7);
    row_text(stmt, 8, out->hash, sizeof out->hash);
    row_text(stmt, 9, out->settings_hash, sizeof out->settings_hash);
    row_text(stmt, 10, out->status, sizeof out->status);
    row_text(stmt, 11, out->kind, sizeof out->kind);
    out->workflow = row_copy(stmt, 12);
    out->title = row_copy(stmt, 13);
    out->code = row_copy(stmt, 14);
    out->settings = row_copy(stmt, 15);
    out->about = row_copy(stmt, 16);
    out->note = row_copy(stmt, 17);
}

/* The first row, if there is one. */
static bool take(struct stmt *stmt, struct activation *out, bool *has_row, struct err *err)
{
    if (!stmt_step(stmt, has_row, err)) {
        return false;
    }
    if (*has_row) {
        read_activation(stmt, out);
    }
    stmt_reset(stmt);
    return true;
}

bool activation_get(struct site *site, int64_t id, struct activation *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, COLUMNS "WHERE a.activation_id = $1", &stmt, err, "i", id) ||
        !take(stmt, out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING,
                SAY("没有版本 V%lld，可用 duban versions 查看",
                    "there is no version V%lld; see duban versions"),
                (long long)id);
    }
    return has_row;
}

bool activation_active(struct site *site, int64_t office_id, const char *workflow,
                       struct activation *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   ABOVE COLUMNS "JOIN above AS b ON b.office_id = a.office_id "
                                 "WHERE a.workflow = $2 AND a.status = 'active' "
                                 "ORDER BY b.distance LIMIT 1",
                   &stmt, err, "it", office_id, workflow) ||
        !take(stmt, out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("“%s”没有启用的版本", "no version of \"%s\" is active"),
                workflow);
    }
    return has_row;
}

bool activation_numbered(struct site *site, int64_t office_id, const char *workflow, int64_t number,
                         struct activation *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   COLUMNS "WHERE a.office_id = $1 AND a.workflow = $2 AND a.number = $3", &stmt,
                   err, "iti", office_id, workflow, number) ||
        !take(stmt, out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING,
                SAY("“%s”在本机构没有第 %lld 版", "\"%s\" has no number %lld here"), workflow,
                (long long)number);
    }
    return has_row;
}

bool activation_list(struct site *site, int64_t office_id, const char *workflow, const char *status,
                     int64_t **ids, size_t *count, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store,
                     "SELECT activation_id FROM activations WHERE ($1 = 0 OR office_id = $1) "
                     "AND ($2 = '' OR workflow = $2) AND ($3 = '' OR status = $3) "
                     "ORDER BY workflow, office_id, number",
                     &stmt, err, "itt", office_id, workflow ? workflow : "",
                     status ? status : "") &&
           row_ids(stmt, ids, count, err);
}

bool activation_in_force(struct site *site, int64_t office_id, const char *kind, struct value **ids,
                         struct err *err)
{
    struct value *list = NULL;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   ABOVE "SELECT DISTINCT a.workflow FROM activations AS a "
                         "JOIN above AS b ON b.office_id = a.office_id "
                         "JOIN versions AS v ON v.version_id = a.version_id "
                         "WHERE a.status = 'active' AND v.kind = $2 ORDER BY a.workflow",
                   &stmt, err, "it", office_id, kind)) {
        return false;
    }
    list = value_new_list();
    for (;;) {
        bool has_row = false;

        if (!stmt_step(stmt, &has_row, err)) {
            value_free(list);
            return false;
        }
        if (!has_row) {
            break;
        }
        value_push(list, value_new_text(stmt_text(stmt, 0, NULL)));
    }
    *ids = list;
    return true;
}

void activation_clear(struct activation *activation)
{
    if (activation) {
        mem_free(activation->workflow);
        mem_free(activation->title);
        mem_free(activation->code);
        mem_free(activation->settings);
        mem_free(activation->about);
        mem_free(activation->note);
        memset(activation, 0, sizeof *activation);
    }
}
