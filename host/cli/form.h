/* What a person hands in with a command: field=value operands, a JSON file, attached files. */
#ifndef DUBAN_FORM_H
#define DUBAN_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"

#define FORM_FILE_LIMIT ((size_t)4 * 1024 * 1024)

/* True for an operand such as "主办单位=省教育厅". */
bool form_is_field(const char *operand);
/* A map of field to text (or a list of texts when it was given twice, or of attachments for @FILE):
   the JSON object in the file --input first, then the operands from index first on. The site is
   open for writing. Text that carries a secrecy mark is refused. The caller frees *out. */
MUST_USE bool form_read(struct house *house, const struct args *args, size_t first,
                        struct value **out, struct err *err);
/* ERR_DENIED when text (under a label, which may be NULL) carries a secrecy mark and the site is
   not accredited for it. where names the place for the sentence. */
MUST_USE bool form_refuse_classified(struct house *house, const char *label, const char *text,
                                     const char *where, struct err *err);
/* --occurred: a day, or an instant whose day counts; *day is KEEPER_NO_DAY when it is absent. */
MUST_USE bool form_occurred(const struct args *args, int64_t *day, struct err *err);

#endif
