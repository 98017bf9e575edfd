/* Activations as they change: drafted, approved, rejected, renewed after a setting. Writers stand
   in the caller's transaction. */
#ifndef DUBAN_PUBLISH_H
#define DUBAN_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/acts.h"
#include "casework/site.h"

/* A draft for the office with the settings as resolved now; a standing draft of the same workflow
   is rejected by it. ERR_CONFLICT when the active one is the same version with the same settings.
 */
MUST_USE bool activation_draft(struct site *site, int64_t office_id, int64_t version_id,
                               const struct actor *author, const char *note, int64_t *id,
                               struct err *err);
/* Makes a draft the active one and retires the one before. The author is refused (ERR_DENIED)
   unless the configuration lets one hand approve. Offices below that had followed the version
   before follow to the new one with their own settings. */
MUST_USE bool activation_approve(struct site *site, int64_t id, const struct actor *actor,
                                 struct err *err);
/* The same in the name of another account: on rehearsal sites only. */
MUST_USE bool activation_approve_by(struct site *site, int64_t id, const char *account,
                                    struct err *err);
MUST_USE bool activation_reject(struct site *site, int64_t id, const struct actor *actor,
                                const char *reason, struct err *err);
/* After a setting changed: new active ones, same version, for the office and those below it whose
   resolved settings differ. *changed (may be NULL) counts them. */
MUST_USE bool activation_resettle(struct site *site, int64_t office_id, const char *workflow,
                                  const struct actor *author, const char *note, int64_t *changed,
                                  struct err *err);

#endif
