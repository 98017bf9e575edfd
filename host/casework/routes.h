/* Through which channel a person is reached: the first of the route that serves unit and roles and
   knows an address. */
#ifndef DUBAN_ROUTES_H
#define DUBAN_ROUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "casework/quiet.h"
#include "casework/registry.h"
#include "casework/site.h"

/* Somebody a message may go to. */
struct addressee {
    int64_t person_id;
    int64_t office_id;
    char code[REGISTRY_CODE];
    char name[REGISTRY_NAME];
    char phone[REGISTRY_CODE];
    char unit[REGISTRY_CODE]; /* code; of the office itself for its own people */
    char unit_name[REGISTRY_NAME];
    struct quiet quiet; /* the own hours, else the site's */
    int64_t digest_at;  /* minutes after midnight; QUIET_NEVER: each message by itself */
};
MUST_USE bool routes_addressee(struct site *site, int64_t person_id, struct addressee *out,
                               struct err *err);
/* *name is borrowed from the configuration and NULL when there is no way. *lacks (may be NULL) gets
   the kind of address that a channel would need, NULL when no channel serves the person at all. */
MUST_USE bool routes_channel(struct site *site, const struct addressee *to, const char **name,
                             const char **lacks, struct err *err);
/* The same, past one channel that lets nothing through (NULL: past none). */
MUST_USE bool routes_channel_past(struct site *site, const struct addressee *to, const char *past,
                                  const char **name, const char **lacks, struct err *err);
/* The person's address for that channel; nothing is appended when it needs none. */
MUST_USE bool routes_address(struct site *site, const struct addressee *to, const char *channel,
                             struct buf *out, struct err *err);
/* The same for a kind of address ("wecom"; NULL: none is needed). */
MUST_USE bool routes_address_of(struct site *site, const struct addressee *to, const char *kind,
                                struct buf *out, struct err *err);
/* Is the channel a group, where a person is only mentioned? */
bool routes_is_group(const struct site *site, const char *channel);
/* Is there any channel to route through? */
bool routes_are_any(const struct site *site);
/* Why there is no way to the person, and what to do: one sentence. */
void routes_say_why(const struct addressee *to, const char *lacks, struct buf *out);

#endif
