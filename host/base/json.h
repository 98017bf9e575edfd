/* JSON text to a value tree and back; the way back is canonical (sorted keys, no spaces, shortest
   escapes), because hashes cover it. */
#ifndef DUBAN_JSON_H
#define DUBAN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"

/* Refuses duplicate keys, depth over 64, NaN, invalid UTF-8, integers beyond 64 bits, trailing
   text. */
MUST_USE bool json_parse(const char *text, size_t length, struct value **out, struct err *err);
/* Does now what json_parse would do first: it asks the system for a random number. For a process
   that will have no files any more. */
void json_prepare(void);
/* Appends canonical JSON. Integers have no point; floats always have one or an exponent. */
void json_write(const struct value *value, struct buf *out);
/* Appends one JSON string with its quotes. */
void json_write_string(const char *bytes, size_t length, struct buf *out);
/* Appends one number in the same form as json_write. */
void json_write_int(int64_t number, struct buf *out);
void json_write_float(double number, struct buf *out);

#endif
