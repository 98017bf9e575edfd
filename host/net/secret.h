/* Secrets by reference: "file:/path", "env:NAME", "credential:name" (systemd's). Only the courier
   resolves them; their bytes are wiped when they are let go, and cut out of every text that leaves.
 */
#ifndef DUBAN_SECRET_H
#define DUBAN_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"

#define SECRET_MAX ((size_t)16 * 1024)

/* The environment as it was at the start, taken out of the process: later only "env:" sees it. */
struct secret_environment;

/* Copies the environment and wipes it, but for what the language of sentences and the system's
   time need. The caller frees it, which wipes the copy. */
struct secret_environment *secret_take_environment(void);
void secret_free_environment(struct secret_environment *environment); /* accepts NULL */

/* The secrets of one channel, by the name they have in its conf. */
struct secrets;

struct secrets *secrets_new(const struct secret_environment *environment);
void secrets_free(struct secrets *secrets); /* wipes; accepts NULL */
/* Resolves a reference and keeps it under name. The sentence of a failure names the reference and
   never holds its bytes: ERR_DENIED for a file the world may read, ERR_MISSING, ERR_INVALID for a
   bare secret or an empty one. */
MUST_USE bool secrets_add(struct secrets *secrets, const char *name, const char *reference,
                          struct err *err);
/* Keeps text that was made at run time and must not leave either, as a token. Replaces its
   namesake. */
void secrets_put(struct secrets *secrets, const char *name, const char *text);
/* Name to text, for adapters. Borrowed until the next add or put. */
const struct value *secrets_map(const struct secrets *secrets);
/* When a secret stands in text (plain, percent-encoded or as JSON writes it), writes the text to
   out with every one replaced by "***"; false when it holds none, and out is untouched. */
bool secrets_cut(const struct secrets *secrets, const char *text, size_t length, struct buf *out);

/* Overwrites, in a way no compiler leaves out. */
void secret_wipe(void *bytes, size_t length);

#endif
