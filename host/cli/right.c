/* Who may look after a site, and what becomes of a command that somebody had no role for: its
   refusal stands in the audit. */
#include "cli/right.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "casework/audit.h"
#include "casework/rights.h"

bool right_administers(struct house *house, struct err *err)
{
    const struct rights_admin who = {
        .office_id = house->office_id, .account = &house->account, .is_owner = !house->is_guest};

    return house_account(house, err) && rights_administer(house->site, &who, err);
}

/* Nothing of it fails the command: it has failed already, and says why. */
void right_denied(struct house *house, const char *command, const char *object,
                  const struct err *why)
{
    struct audit_row row = {.office = house->office,
                            .recorder = house->recorder,
                            .actor = house->person,
                            .act = "denied",
                            .object = object};
    struct value *body;
    struct buf json;
    struct err unsaid = {0};

    if (!why->wants_role || !house->site || !house->office ||
        (!house->is_guest && house->site->lock < 0) ||
        store_is_in_transaction(house->site->store)) {
        return;
    }
    body = value_new_map();
    buf_init(&json, 8192);
    value_set_text(body, "command", command);
    value_set_text(body, "why", why->text);
    json_write(body, &json);
    row.body = buf_text(&json);
    if (store_begin(house->site->store, &unsaid) &&
        !(audit_append(house->site, &row, &unsaid) && store_commit(house->site->store, &unsaid)) &&
        store_is_in_transaction(house->site->store)) {
        store_rollback(house->site->store);
    }
    if (unsaid.kind != ERR_NONE) {
        log_warn("%s", unsaid.text);
    }
    buf_clear(&json);
    value_free(body);
}
