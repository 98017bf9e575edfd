/* The reader of Lua's table form as data: return { key = value, … }, without executing anything. */
#ifndef DUBAN_CONF_TEXT_H
#define DUBAN_CONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

#define CONF_TEXT_DEPTH 16

/* Tables with keys become maps, tables without become lists, {} an empty map. *places is a map from
   the path of each key ("roles.cook") to "line:column". The caller frees both. A mistake is
   ERR_INVALID with name:line:column. */
MUST_USE bool conf_text_parse(const char *name, const char *text, size_t length, struct value **out,
                              struct value **places, struct err *err);

#endif
