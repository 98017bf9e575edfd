/* A site: the folder of one installation, its store, configuration, lock and clock. */
#ifndef DUBAN_SITE_H
#define DUBAN_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "casework/conf.h"
#include "store/store.h"

#define SITE_DATABASE "duban.db"
#define SITE_LOCK "duban.lock"
#define SITE_SECOND_HAND "rehearsal" /* the account that approves on rehearsal sites */
#define SITE_WAIT_MS 10000           /* how long a writer waits for another before ERR_BUSY */

/* Everything in casework takes a site. Members are read by all and changed by site.c alone. */
struct site {
    char *folder;
    char *library; /* holds scripts/ workflows/ jobs/ schema/ templates/ */
    struct store *store;
    struct conf conf;
    struct digest *digest; /* for whoever hashes next; not across calls */
    int64_t office_id;     /* of conf.office */
    int lock;              /* descriptor of the own lock; -1: none */
    bool is_virtual;       /* a rehearsal: the clock is virtual_now */
    int64_t virtual_now;
    int64_t newest; /* the last instant that an act or a tick left behind */
};

struct site_options {
    const char *folder;
    const char *library;
    const char *office;      /* region code; NULL for 430000 */
    const char *office_name; /* NULL: from the regions of the library */
    int64_t virtual_start;   /* 0: the real clock */
};

/* Makes the folder (it may exist, without a database in it), its subfolders, configuration and
   database, the office, the shipped calendars under it, and the account of the OS user. Nothing is
   left open; what was made is taken away again when something fails. ERR_CONFLICT when there is a
   site. */
MUST_USE bool site_make(const struct site_options *options, struct err *err);
/* STORE_WRITE takes the lock and waits up to SITE_WAIT_MS, then ERR_BUSY naming the holder's pid;
   STORE_READ takes none. ERR_MISSING when there is no site. */
MUST_USE bool site_open(const char *folder, const char *library, enum store_mode mode,
                        struct site **out, struct err *err);
void site_close(struct site *site); /* accepts NULL and half-built ones */
/* The lock by itself, waited for in the same way, for a process that holds it on behalf of its
   children: they take it over with fork, and their sites are opened under it. ERR_MISSING when
   there is no site. */
MUST_USE bool site_take_lock(const char *folder, int *lock, struct err *err);
MUST_USE bool site_open_under(const char *folder, const char *library, int lock, struct site **out,
                              struct err *err);
/* Reads duban.conf.lua again; what was in force stays when that is wrong. */
MUST_USE bool site_configure(struct site *site, struct err *err);
/* Another connection to the same database, for the queries of jobs (STORE_QUESTION); the caller's.
 */
MUST_USE bool site_question(const struct site *site, struct store **out, struct err *err);
/* The instant that counts here: the virtual clock's, or the wall's, which never falls behind the
   newest instant recorded: a clock set back would let days pass twice. */
int64_t site_now(const struct site *site);
/* The wall's clock stands behind what is recorded: site_open warns of it once. */
bool site_is_clock_behind(const struct site *site);
/* Something is recorded at this instant: the site's time does not fall behind it any more. */
void site_notice(struct site *site, int64_t instant);
/* Moves a virtual clock forward, in the caller's transaction or one of its own. ERR_DENIED on the
   real clock, ERR_CONFLICT backwards. After a rollback of the caller, site_reload_clock. */
MUST_USE bool site_set_now(struct site *site, int64_t instant, struct err *err);
MUST_USE bool site_reload_clock(struct site *site, struct err *err);
/* A named text of the table site: *out is the caller's, NULL when the name is not there. */
MUST_USE bool site_get(struct site *site, const char *name, char **out, struct err *err);
MUST_USE bool site_put(struct site *site, const char *name, const char *value, struct err *err);

#endif
