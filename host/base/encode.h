/* Bytes as text that headers, addresses and bodies can carry: base64, percent encoding,
   hexadecimal. */
#ifndef DUBAN_ENCODE_H
#define DUBAN_ENCODE_H

#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* Appends base64 with padding, in one line. */
void encode_base64(const void *bytes, size_t length, struct buf *out);
/* Appends the bytes that base64 text stands for. Strict: ERR_INVALID for a foreign letter, wrong
   padding, bits left over or a length that is no multiple of four; out is then untouched. */
MUST_USE bool encode_unbase64(const char *text, size_t length, struct buf *out, struct err *err);
/* Appends the bytes with everything but A-Z a-z 0-9 - . _ ~ written %XX, in capitals. */
void encode_percent(const void *bytes, size_t length, struct buf *out);
/* Appends lower-case hexadecimal. */
void encode_hex(const void *bytes, size_t length, struct buf *out);

#endif
