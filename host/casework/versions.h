/* Versions: scripts and their modules by content. Activations: their use by an office, from draft
   to retired. Writers stand in the caller's transaction. */
#ifndef DUBAN_VERSIONS_H
#define DUBAN_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/acts.h"
#include "casework/site.h"

#define VERSIONS_MAIN "main" /* the name of the script itself in a closure */
#define VERSIONS_FILE_LIMIT ((size_t)1024 * 1024)
#define VERSIONS_FILES 200

struct version_file {
    const char *name; /* VERSIONS_MAIN or the name a require uses */
    const void *bytes;
    size_t length;
};

/* What is stored; everything borrowed. */
struct version_content {
    const char *kind;     /* "workflow" or "job" */
    const char *workflow; /* id */
    const char *title;
    const char *code; /* "" for jobs */
    const struct version_file *files;
    size_t file_count;
    const struct value *about; /* of the worker; kept as canonical JSON */
};

struct version {
    int64_t version_id;
    char hash[DIGEST_HEX];
    char kind[16];
    char *workflow;
    char *title;
    char *code;
    struct value *closure; /* map: file name to digest */
    char *about;           /* canonical JSON */
};

/* Stores blobs and version, or finds the version with the same content. The hash is SHA-256 over
   the sorted (file name, digest of the file). ERR_CONFLICT when the code of an activated workflow
   changed, another workflow of the site has it, or the id is that of a script of another kind. */
MUST_USE bool version_store(struct site *site, const struct version_content *content, int64_t *id,
                            char hash[static DIGEST_HEX], struct err *err);
/* May an id of that kind, with that code, come into use? What was drafted before another one came
   into use is asked again when it is approved. ERR_CONFLICT as above. */
MUST_USE bool version_check_id(struct site *site, const char *kind, const char *workflow,
                               const char *code, struct err *err);
MUST_USE bool version_get(struct site *site, int64_t id, struct version *out, struct err *err);
MUST_USE bool version_by_hash(struct site *site, const char *hash, struct version *out,
                              struct err *err);
/* The bytes of one file of the closure, checked against their digest; out is reset first. */
MUST_USE bool version_source(struct site *site, int64_t id, const char *name, struct buf *out,
                             struct err *err);
/* All files but the script as a map of name to source: `modules` of a load request; the caller's.
 */
MUST_USE bool version_modules(struct site *site, int64_t id, struct value **out, struct err *err);
void version_clear(struct version *version);

/* An activation with what a load request needs of its version. */
struct activation {
    int64_t activation_id;
    int64_t office_id;
    int64_t number;
    int64_t version_id;
    int64_t author_id;   /* accounts */
    int64_t approver_id; /* 0: not approved yet; the author's when approved alone or a setting
                            changed */
    int64_t created_at;
    int64_t approved_at;   /* 0: not approved yet */
    char hash[DIGEST_HEX]; /* of the version */
    char settings_hash[DIGEST_HEX];
    char status[16]; /* draft, active, retired, rejected */
    char kind[16];
    char *workflow;
    char *title;
    char *code;
    char *settings; /* canonical JSON, see setting_split */
    char *about;    /* canonical JSON */
    char *note;
};

MUST_USE bool activation_get(struct site *site, int64_t id, struct activation *out,
                             struct err *err);
/* In force for the office: its own, else that of the nearest office above. ERR_MISSING when none.
 */
MUST_USE bool activation_active(struct site *site, int64_t office_id, const char *workflow,
                                struct activation *out, struct err *err);
MUST_USE bool activation_numbered(struct site *site, int64_t office_id, const char *workflow,
                                  int64_t number, struct activation *out, struct err *err);
/* Ids by workflow and number: of one office (0: all), one workflow and one status (NULL: any). *ids
   is the caller's. */
MUST_USE bool activation_list(struct site *site, int64_t office_id, const char *workflow,
                              const char *status, int64_t **ids, size_t *count, struct err *err);
/* The ids of all workflows or jobs ("workflow", "job") in force for an office, in order: a list. */
MUST_USE bool activation_in_force(struct site *site, int64_t office_id, const char *kind,
                                  struct value **ids, struct err *err);
void activation_clear(struct activation *activation);

#endif
