/* What a row says beyond its sentence: details in brackets, out of the data it carries. */
#ifndef DUBAN_WORDS_NOTES_H
#define DUBAN_WORDS_NOTES_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/value.h"
#include "cli/label.h"

/* A list of details in brackets, opened with the first. */
struct notes {
    struct buf *out;
    bool has_any;
};

/* Writes the bracket or the comma before one more detail. */
void notes_next(struct notes *notes);
/* Writes the closing bracket, when one was opened. */
void notes_end(struct notes *notes);
/* Adds what the body carries under known keys, but for those in told (" from by": each after a
 * blank; NULL: none). */
void notes_add(struct notes *notes, const struct labels *labels, const struct value *body,
               const char *told);

#endif
