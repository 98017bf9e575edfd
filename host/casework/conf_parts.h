/* What the readers of a configuration share; nobody else needs it. */
#ifndef DUBAN_CONF_PARTS_H
#define DUBAN_CONF_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/nearest.h"
#include "base/value.h"
#include "casework/conf.h"

/* What is being checked: the tree, where its keys stand, and where the findings go. */
struct conf_check {
    const char *name;
    const struct value *places;
    struct conf *conf;
    struct err *err;
};

/* ERR_INVALID at the place of the key, which is a path such as "channels.work.key". */
MUST_USE bool conf_refuse(const struct conf_check *check, const char *path, const char *zh,
                          const char *en);
/* The same for a word nobody knows; nearest may have nothing to offer. */
MUST_USE bool conf_refuse_word(const struct conf_check *check, const char *path, const char *word,
                               const struct nearest *nearest);

/* ---- conf_channels.c ---- */

MUST_USE bool conf_read_channels(const struct conf_check *check, const char *key,
                                 const struct value *value);
MUST_USE bool conf_read_route(const struct conf_check *check, const char *key,
                              const struct value *value);
MUST_USE bool conf_read_link(const struct conf_check *check, const char *key,
                             const struct value *value);
MUST_USE bool conf_read_quiet(const struct conf_check *check, const char *key,
                              const struct value *value);
/* What can be judged only when everything was read: each channel of the route is there. */
MUST_USE bool conf_check_route(const struct conf_check *check);

#endif
