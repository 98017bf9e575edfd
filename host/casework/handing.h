/* What passes in the rows of the house when one person hands over to another: roles and messages.
   Cases pass by facts of their own. */
#ifndef DUBAN_HANDING_H
#define DUBAN_HANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/registry.h"
#include "casework/site.h"

struct handing {
    int64_t office_id;
    const struct person *from;
    const struct person *to;
    const char *since;         /* a day */
    bool has_roles;            /* the roles pass too */
    const struct value *cases; /* that pass: a list of maps with a number */
};

/* The own roles in the office that would pass: those held on the day before, and those that ended
   earlier and that nobody holds now. The caller's (mem_free). */
MUST_USE bool handing_roles(struct site *site, const struct handing *handing, struct role **out,
                            size_t *count, struct err *err);
/* A message that waits for the one who hands over and goes to the other one instead. */
struct handing_message {
    int64_t outbox_id;
    const char *template;
    const char *number; /* of its case; NULL: of none */
    bool is_personal;   /* meant for the person alone; else the role finds the other one */
};
typedef void handing_message_fn(void *context, const struct handing_message *message);
MUST_USE bool handing_messages(struct site *site, const struct handing *handing,
                               handing_message_fn *each, void *context, struct err *err);
/* In the caller's transaction. */
MUST_USE bool handing_apply(struct site *site, const struct handing *handing, struct err *err);

#endif
