/* What a command works in: the library beside the binary, the zygote, the site and its keeper, and
   who acts. The zygote is started before the store is opened, so that no worker ever inherits a
   database. */
#ifndef DUBAN_HOUSE_H
#define DUBAN_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/acts.h"
#include "casework/registry.h"
#include "casework/site.h"
#include "cli/args.h"
#include "cli/out.h"

struct courier_link;
struct faces;
struct keeper;
struct zygote;

struct house {
    struct globals globals;
    struct out out;
    const char *lang;             /* "zh" or "en" */
    char *library;                /* folder of scripts/ workflows/ schema/ …; NULL until found */
    struct zygote *zygote;        /* NULL until house_start */
    struct courier_link *courier; /* NULL until house_courier */
    struct site *site;            /* NULL until house_read or house_write */
    struct keeper *keeper;        /* NULL until house_write */
    int64_t office_id;            /* the office selected, once the site is open */
    char *office;                 /* its code */
    struct account account;       /* who records, once somebody asked */
    const struct args *who;       /* what actor was found out of; NULL: nothing yet */
    struct actor actor;           /* who acts, after house_write or house_who */
    int64_t own_id;               /* the person of the account, whoever --by names; 0: none */
    char *recorder;               /* the texts actor points to */
    char *person;
    const char *key;        /* --key, NULL when absent; borrowed from argv */
    struct value *attached; /* digests that house_attach put among the blobs; NULL: none */
    struct value *pages; /* map: activation to what its version says of itself, as far as known */
    bool is_guest;       /* library, zygote, site, keeper and pages are lent by another house */
    const char *os_user; /* a guest's user of the operating system; borrowed */
    struct faces *faces; /* whom a guest's lender knows; NULL: nobody */
    const struct value *files; /* a guest's: map of name to bytes, the only files it reaches */
};

void house_begin(struct house *house);
/* A house for one command of somebody else, in a process whose own house is open for writing. Ends
   with house_end, before the lender does. */
void house_lend(const struct house *lender, struct house *guest);
/* Closes everything in the right order; harmless twice. */
void house_end(struct house *house);

/* Closes keeper and site; the zygote stays for another. */
void house_leave(struct house *house);

/* The library folder: beside the binary (build/..), or PREFIX/share/duban. */
MUST_USE bool house_library(struct house *house, struct err *err);
/* The zygote, for commands that need a worker. Before house_read; harmless twice. confinement is
   what the site's configuration says when there is one. */
MUST_USE bool house_start(struct house *house, struct err *err);
/* The courier, for commands that send. Before everything else, for its environment holds secrets
   that no other process is to inherit; harmless twice. */
MUST_USE bool house_courier(struct house *house, struct err *err);
/* The site without its lock, read-only, with the office selected. */
MUST_USE bool house_read(struct house *house, struct err *err);
/* Zygote, the site with its lock, the keeper, and who acts (--by and --key out of args). */
MUST_USE bool house_write(struct house *house, const struct args *args, struct err *err);
/* Zygote, the site under a lock that somebody holds for this process, and the keeper. */
MUST_USE bool house_keep(struct house *house, int lock, struct err *err);
/* Fills house->account, of the operating-system user, on an open site. */
MUST_USE bool house_account(struct house *house, struct err *err);
/* Fills house->actor on an open site: the account of the operating-system user, and the person of
   --by or of the account. */
MUST_USE bool house_who(struct house *house, const struct args *args, struct err *err);
/* An act of whoever acts in this office, ready for act_run: name and object are borrowed, content
   (may be NULL) goes into its digest. */
void house_act(struct house *house, const char *name, const char *object,
               const struct value *content, struct act *act);
/* The bytes of a file that the user named: out of what came with a guest's words, else of the file
   system. Whatever a user names is read through this. */
MUST_USE bool house_file(const struct house *house, const char *path, size_t limit, struct buf *out,
                         struct err *err);
/* A file of the user as an attachment { name, digest, size }, its bytes kept among the blobs of a
   site that is open for writing. Limit 64 MB; text files that carry a secrecy mark are refused. */
MUST_USE bool house_attach(struct house *house, const char *path, struct value **out,
                           struct err *err);
/* The act that the attachments belong to was refused: takes out again what was not there before.
   What a failure leaves behind is bytes that nothing names. */
void house_detach(struct house *house);
/* True when -C (or ".") is a site. */
bool house_has_site(const struct house *house);
/* The whole text of a script the user names: at most 1 MB, UTF-8, no NUL, no secrecy mark; a BOM is
   dropped. The caller frees *source. */
MUST_USE bool house_script(const struct house *house, const char *path, char **source,
                           struct err *err);
/* The same of a script of the site or the library, whose path no user made. */
MUST_USE bool house_own_script(const struct house *house, const char *path, char **source,
                               struct err *err);

#endif
