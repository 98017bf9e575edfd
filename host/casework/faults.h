/* What went wrong with a case or a version, and what was put aside because of it. */
#ifndef DUBAN_FAULTS_H
#define DUBAN_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "casework/site.h"

#define FAULTS_KIND_VERSION "quarantine" /* the kind of a row that stands for a whole version */

struct fault {
    int64_t fault_id;
    int64_t case_id; /* 0: the version as a whole */
    int64_t at;
    int64_t cleared_at;    /* 0: stands */
    char hash[DIGEST_HEX]; /* of the version */
    char kind[32];
    char *sentence;
};

/* Writers stand in the caller's transaction; at is site_now. A sentence is cut at 2000 bytes. */
MUST_USE bool fault_add(struct site *site, const char *hash, int64_t case_id, const char *kind,
                        const char *sentence, struct err *err);
/* Faults of cases on that version since the instant, cleared ones too: three in an hour are enough.
 */
MUST_USE bool fault_count(struct site *site, const char *hash, int64_t since, int64_t *count,
                          struct err *err);
/* Puts the version aside as a whole; harmless when it is already. */
MUST_USE bool fault_quarantine(struct site *site, const char *hash, const char *sentence,
                               struct err *err);
MUST_USE bool fault_is_quarantined(struct site *site, const char *hash, bool *is_aside,
                                   struct err *err);
/* Standing faults, newest first; case_id 0 and hash NULL mean any. Free with fault_list_free. */
MUST_USE bool fault_list(struct site *site, const char *hash, int64_t case_id, struct fault **out,
                         size_t *count, struct err *err);
void fault_list_free(struct fault *list, size_t count);
/* Clears what stands against a case, or against a version as a whole. ERR_MISSING when nothing did.
   cases.set_aside is the business of whoever keeps the cases. */
MUST_USE bool fault_clear_case(struct site *site, int64_t case_id, struct err *err);
MUST_USE bool fault_clear_version(struct site *site, const char *hash, struct err *err);

#endif
