/* Long sentences on a terminal of 80 columns: broken by width, with a hanging indent. */
#ifndef DUBAN_WRAP_H
#define DUBAN_WRAP_H

#include <stddef.h>

#include "cli/out.h"

#define WRAP_COLUMNS 80

/* Prints head, then text; what does not fit goes on below text's beginning, which stands at the
   column where head (padded to indent) ends. Chinese breaks between any two characters, other text
   at spaces. */
void wrap_print(const struct out *out, const char *head, size_t indent, const char *text);
/* The same where the head stands on the line already. */
void wrap_rest(const struct out *out, size_t indent, const char *text);
/* Appends text and then spaces up to width columns (cut with "…" when it is wider), to build a
 * head. */
struct buf;
void wrap_cell(struct buf *out, const char *text, size_t width);

#endif
