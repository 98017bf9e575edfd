/* What an office changes about a workflow without touching its script: inherited from the office
   above until set. A value is an integer, a bool, a text, or a time value
   {kind="workdays"|"days"|"months",n=}. */
#ifndef DUBAN_SETTINGS_H
#define DUBAN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/acts.h"
#include "casework/site.h"

/* Resolved for an office: what offices set; what nobody set keeps the script's own value and is
 * absent. */
struct settings {
    struct value *values;  /* map: setting id to value */
    int64_t opens_at;      /* minutes */
    char *json;            /* canonical {"opens_at":540,"values":{…}} */
    char hash[DIGEST_HEX]; /* SHA-256 of json */
};

/* about is the version's ABOUT; values for settings it no longer knows are left out. */
MUST_USE bool setting_resolve(struct site *site, int64_t office_id, const char *workflow,
                              const struct value *about, struct settings *out, struct err *err);
void setting_clear(struct settings *settings);
/* Takes activation.settings apart: `settings` and `opens_at` of a load request. *values is the
 * caller's. */
MUST_USE bool setting_split(const char *json, struct value **values, int64_t *opens_at,
                            struct err *err);

/* All settings of a workflow in force for the office, in the script's order: a list of maps
   {id, label, kind, value (text), default (text), min, max (texts, may be absent), fixed,
   from (office code; absent: the script), from_name}. The caller's. */
MUST_USE bool setting_list(struct site *site, int64_t office_id, const char *workflow,
                           struct value **out, struct err *err);
/* Reads text as the kind of the setting `name` of ABOUT and checks fixed, min and max. *value is
   the caller's. "40wd", "40个工作日", "15d", "15日", "2m", "2个月", "是/否/true/false", integers.
 */
MUST_USE bool setting_read(const struct value *about, const char *name, const char *text,
                           struct value **value, struct err *err);
/* What people type as a setting: not too long, no control characters, no mark of secrecy. */
MUST_USE bool setting_check_text(const struct site *site, const char *text, struct err *err);
/* Sets (or, with text NULL, gives back to the office above) in the caller's transaction, and makes
   the new activations; cases that are open stay on theirs. name is an id or a label. *changed (may
   be NULL) counts the new activations. */
struct setting_change {
    int64_t office_id;
    const char *workflow;
    const char *name;
    const char *text;
    const struct actor *actor;
};
MUST_USE bool setting_set(struct site *site, const struct setting_change *change, int64_t *changed,
                          struct err *err);
/* A value as people read it; the caller's. */
char *setting_text(const struct value *value);

#endif
