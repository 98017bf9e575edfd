/* The proof that a site's rows are what its inputs and scripts make of them. */
#ifndef DUBAN_VERIFY_H
#define DUBAN_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

struct actor;
struct keeper;

struct verify_report {
    int64_t cases;
    int64_t rows;
    int64_t destroyed;    /* bodies lawfully gone: their cases are verified by chain only */
    int64_t refolded;     /* cases folded again */
    int64_t chain_broken; /* cases */
    int64_t fold_differs; /* cases */
    int64_t audit_rows;
    int64_t audit_broken; /* rows */
    int64_t store_faults; /* integrity check and foreign keys */
    int64_t micros;       /* how long it took */
    char heads[65]; /* SHA-256 over all (number, head) in order of number: keep it elsewhere */
};
struct verify_options {
    bool skip_refold; /* chains, audit and integrity only */
    bool checkpoint;  /* writes the audit row "checkpoint"; needs an actor and a site opened for
                         writing */
};
/* One finding, a sentence; number NULL when it is not about a case. */
typedef void verify_finding_fn(void *context, const char *number, const char *sentence);

/* true also when there are findings: see the report. each may be NULL. */
MUST_USE bool keeper_verify(struct keeper *keeper, const struct actor *actor,
                            const struct verify_options *options, verify_finding_fn *each,
                            void *context, struct verify_report *report, struct err *err);
bool verify_is_clean(const struct verify_report *report);

#endif
