/* Scripts that query and act: jobs on their schedule or by hand, and single script files. */
#ifndef DUBAN_KEEPER_JOBS_H
#define DUBAN_KEEPER_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

struct actor;
struct keeper;

/* Text the script printed, as it comes. */
typedef void keeper_out_fn(void *context, const char *text, size_t length);

struct keeper_run {
    int64_t office_id;
    const char *kind;         /* "job" or "chunk" */
    const char *name;         /* file name, for faults */
    const char *source;       /* text of a chunk; NULL: the active job named by id */
    const char *id;           /* job id; NULL for a chunk */
    const struct value *args; /* list of texts; NULL: none */
    int64_t cpu_ms;           /* lowers the limit of a job; 0: as it is */
    size_t memory;            /* likewise, in bytes */
    keeper_out_fn *out;       /* NULL: dropped */
    void *context;
};
struct keeper_ran {
    char *returned; /* NULL: nothing; freed with mem_free by the caller */
    int64_t opened;
    int64_t facts;
    int64_t messages;
    int64_t documents;
};
/* The script reads one snapshot through a question connection; what it wants done is applied in one
   transaction at its end, all or nothing, with the rights of the actor. ERR_INVALID is the script's
   own fault, with file and line. */
MUST_USE bool keeper_run(struct keeper *keeper, const struct actor *actor,
                         const struct keeper_run *run, struct keeper_ran *out, struct err *err);

#endif
