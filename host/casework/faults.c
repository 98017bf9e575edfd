/* Faults of cases and versions. Rows are kept after they are cleared: they are the history of a
 * script. */
#include "casework/faults.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"

#define SENTENCE_LIMIT 2001

bool fault_add(struct site *site, const char *hash, int64_t case_id, const char *kind,
               const char *sentence, struct err *err)
{
    char text[SENTENCE_LIMIT];

    row_put(text, sizeof text, sentence);
    return store_run(site->store,
                     "INSERT INTO faults (hash, case_id, kind, sentence, at) "
                     "VALUES ($1, NULLIF($2, 0), $3, $4, $5)",
                     NULL, err, "titti", hash, case_id, kind, text, site_now(site));
}

bool fault_count(struct site *site, const char *hash, int64_t since, int64_t *count,
                 struct err *err)
{
    return store_one_int(site->store,
                         "SELECT COUNT(*) FROM faults WHERE hash = $1 AND case_id IS NOT NULL "
                         "AND at >= $2",
                         count, err, "ti", hash, since);
}

bool fault_is_quarantined(struct site *site, const char *hash, bool *is_aside, struct err *err)
{
    int64_t count = 0;

    if (!store_one_int(site->store,
                       "SELECT COUNT(*) FROM faults WHERE hash = $1 AND case_id IS NULL "
                       "AND cleared_at IS NULL",
                       &count, err, "t", hash)) {
        return false;
    }
    *is_aside = count > 0;
    return true;
}

bool fault_quarantine(struct site *site, const char *hash, const char *sentence, struct err *err)
{
    bool is_aside = false;

    return fault_is_quarantined(site, hash, &is_aside, err) &&
           (is_aside || fault_add(site, hash, 0, FAULTS_KIND_VERSION, sentence, err));
}

static void read_fault(const struct stmt *stmt, struct fault *out)
{
    out->fault_id = stmt_int(stmt, 0);
    row_text(stmt, 1, out->hash, sizeof out->hash);
    out->case_id = row_id(stmt, 2);
    row_text(stmt, 3, out->kind, sizeof out->kind);
    out->sentence = row_copy(stmt, 4);
    out->at = stmt_int(stmt, 5);
    out->cleared_at = row_id(stmt, 6);
}

bool fault_list(struct site *site, const char *hash, int64_t case_id, struct fault **out,
                size_t *count, struct err *err)
{
    bool has_row = false;
    struct fault *list = NULL;
    size_t length = 0;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT fault_id, hash, case_id, kind, sentence, at, cleared_at FROM faults "
                   "WHERE cleared_at IS NULL AND ($1 = '' OR hash = $1) "
                   "AND ($2 = 0 OR case_id = $2) ORDER BY fault_id DESC",
                   &stmt, err, "ti", hash ? hash : "", case_id)) {
        return false;
    }
    for (;;) {
        if (!stmt_step(stmt, &has_row, err)) {
            fault_list_free(list, length);
            return false;
        }
        if (!has_row) {
            break;
        }
        list = row_room(list, length, sizeof *list);
        read_fault(stmt, &list[length++]);
    }
    *out = list;
    *count = length;
    return true;
}

void fault_list_free(struct fault *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_free(list[i].sentence);
    }
    mem_free(list);
}

static bool is_cleared(int64_t changed, struct err *err)
{
    if (!changed) {
        err_set(err, ERR_MISSING, SAY("没有被搁置", "it was not set aside"));
    }
    return changed != 0;
}

bool fault_clear_case(struct site *site, int64_t case_id, struct err *err)
{
    int64_t changed = 0;

    return store_run(site->store,
                     "UPDATE faults SET cleared_at = $2 WHERE case_id = $1 AND cleared_at IS NULL",
                     &changed, err, "ii", case_id, site_now(site)) &&
           is_cleared(changed, err);
}

bool fault_clear_version(struct site *site, const char *hash, struct err *err)
{
    int64_t changed = 0;

    return store_run(site->store,
                     "UPDATE faults SET cleared_at = $2 WHERE hash = $1 AND case_id IS NULL "
                     "AND cleared_at IS NULL",
                     &changed, err, "ti", hash, site_now(site)) &&
           is_cleared(changed, err);
}
