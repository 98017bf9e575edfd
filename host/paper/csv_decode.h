/* Bytes of an uploaded text file to UTF-8, whatever an office's program saved them as. */
#ifndef DUBAN_CSV_DECODE_H
#define DUBAN_CSV_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* Decides the encoding once, appends the text without its mark, and names the encoding. Refuses
   NULs and bytes that are no text in it, with the line. */
MUST_USE bool csv_decode(const char *bytes, size_t length, struct buf *out, const char **encoding,
                         struct err *err);

/* Loads the tables of every encoding and keeps them, for a process that will not be allowed to open
   files any more. */
void csv_decode_prepare(void);

#endif
