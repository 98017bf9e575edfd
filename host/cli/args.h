/* One command line, taken apart by the row of its command. */
#ifndef DUBAN_ARGS_H
#define DUBAN_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/command.h"

struct given {
    const struct option *option;
    const char *value; /* NULL for a flag */
};

/* Everything points into argv. */
struct args {
    const struct command *command;
    const char **operands; /* "-10wd" is one; "--" ends options */
    size_t operand_count;
    struct given *given;
    size_t given_count;
};

/* What stands before, between and behind the command, for every command. */
struct globals {
    const char *dir;    /* -C; "." unless given */
    const char *office; /* --office; NULL: as configured */
    bool is_json;
    bool wants_help;
    bool wants_version;
};

/* Options that every command takes. */
extern const struct option global_options[];

/* Takes the options before the command; *at is the index of its first word (argc when there is
 * none). */
MUST_USE bool args_globals(int argc, char **argv, struct globals *globals, int *at,
                           struct err *err);
/* Takes what follows the command's words; global options are accepted here too. Embeds: args_clear
 * later. */
MUST_USE bool args_parse(const struct command *command, int argc, char **argv, struct args *args,
                         struct globals *globals, struct err *err);
void args_clear(struct args *args);

/* The last value given for an option, NULL when it is absent. */
const char *args_get(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);
/* The index-th value of an option that may be repeated, NULL beyond the last. */
const char *args_value(const struct args *args, const char *name, size_t index);
/* The operand, NULL beyond the last. */
const char *args_operand(const struct args *args, size_t index);
/* A whole number in an option; otherwise when absent. ERR_INVALID when it is none or outside. */
MUST_USE bool args_int(const struct args *args, const char *name, int64_t otherwise, int64_t *out,
                       struct err *err);
/* "10s", "3m", "250ms", "2h" or "5" (seconds) to ms; "64M", "1G", "512K" or plain bytes to bytes.
 */
MUST_USE bool args_duration(const char *text, int64_t *ms, struct err *err);
MUST_USE bool args_size(const char *text, int64_t *bytes, struct err *err);
/* Splits "field=value" at the first "="; *name is a fresh text the caller frees, *value points into
   text. ERR_INVALID without "=" or without a name. */
MUST_USE bool args_field(const char *text, char **name, const char **value, struct err *err);
/* The file of "@FILE", NULL when the value is none; "@@x" is the text "@x" (see args_plain). */
const char *args_attached(const char *value);
const char *args_plain(const char *value);

/* Fills err (ERR_INVALID, then a format and its arguments) and gives OUTCOME_USAGE for a handler to
 * return. */
#define args_refuse(err, ...) (err_set((err), ERR_INVALID, __VA_ARGS__), OUTCOME_USAGE)
/* OUTCOME_DONE or OUTCOME_REFUSED. */
enum outcome args_outcome(bool is_ok);

#endif
