/* The keeper's side of the courier: its start beside this program, its end, and another one when it
   died. A nest, forked before anything is opened, keeps the environment with its secrets and starts
   couriers out of it, so that the keeper holds none. */
#ifndef DUBAN_COURIER_LINK_H
#define DUBAN_COURIER_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "net/wire.h"

struct courier_link;

struct courier_options {
    const char *program;          /* NULL: duban-courier beside this program */
    const struct value *channels; /* of the configuration: the variables that hold their secrets are
                                     taken out of this process's environment; may be NULL */
};

/* Forks the nest and waits until its first courier is ready. Before the store is opened.
   ERR_MISSING when the program is not there. */
MUST_USE bool courier_start(const struct courier_options *options, struct courier_link **out,
                            struct err *err);
/* Lets what is being sent end for at most grace_ms, then ends courier and nest; accepts NULL. */
void courier_stop(struct courier_link *link, int64_t grace_ms);

/* Sends one message through a courier that is there for it alone, and waits for what comes of it,
   until its deadline and a moment. *frame owns what outcome borrows; the caller frees it. */
MUST_USE bool courier_try(struct courier_link *link, const struct wire_send *send,
                          struct value **frame, struct wire_outcome *outcome, struct err *err);

/* What is said to the courier goes through here; NULL while there is none. */
struct wire *courier_wire(struct courier_link *link);
/* To wait for; -1 while there is none. */
int courier_fd(const struct courier_link *link);
/* It is gone, or does not speak its language: forgets it. */
void courier_lose(struct courier_link *link);
/* Another one, unless the last died too short a time ago: ERR_BUSY then. */
MUST_USE bool courier_renew(struct courier_link *link, struct err *err);
/* When courier_renew will do something (of clock_steady); INT64_MAX while one is there. */
int64_t courier_renew_at(const struct courier_link *link);
/* It did its work: the next death is not held against it. */
void courier_praise(struct courier_link *link);

#endif
