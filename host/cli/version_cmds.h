/* Draft versions among the proposals: ids "V3" are drafts of versions, "P12" proposals of cases. */
#ifndef DUBAN_VERSION_CMDS_H
#define DUBAN_VERSION_CMDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"

/* True for "V3" (or "v3"); *id is the number. */
bool version_is_draft_id(const char *text, int64_t *id);
/* The drafts that wait in the office of the house: a list of { id="V3", workflow, title, number,
   author, note, created_at (ms) }, by workflow. The caller owns it. */
MUST_USE bool version_list_drafts(struct house *house, struct value **out, struct err *err);
/* By the account that acts (house_write before). Approving one's own draft is ERR_DENIED unless the
   configuration says approve_alone. *out tells the activation { id, workflow, number, status }. */
MUST_USE bool version_approve(struct house *house, int64_t id, const char *opinion,
                              struct value **out, struct err *err);
MUST_USE bool version_reject(struct house *house, int64_t id, const char *opinion,
                             struct value **out, struct err *err);

#endif
