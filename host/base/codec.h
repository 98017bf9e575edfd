/* The one binary form of pipe and snapshot. A value is a tag byte and its payload:
     0x00 nil
     0x01 false, 0x02 true
     0x03 integer (zigzag varint)
     0x04 float (8 bytes, little endian)
     0x05 string (varint length, bytes)
     0x06 list (varint count, values)
     0x07 map (varint count, then key and value; keys are integers or strings, integers first,
          ascending, then strings in byte order, none twice)
   Varints are LEB128 of at most 10 bytes, shortest form only. Depth is at most 64. NaN is refused.
   The reader treats its bytes as hostile: every count is checked against what is left. */
#ifndef DUBAN_CODEC_H
#define DUBAN_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"

#define CODEC_DEPTH 64

enum codec_tag {
    CODEC_NIL,
    CODEC_FALSE,
    CODEC_TRUE,
    CODEC_INT,
    CODEC_FLOAT,
    CODEC_STRING,
    CODEC_LIST,
    CODEC_MAP
};

/* Writing: append to a buf; is_over of the buf is the only failure. */
void codec_put_nil(struct buf *out);
void codec_put_bool(struct buf *out, bool is_true);
void codec_put_int(struct buf *out, int64_t number);
void codec_put_float(struct buf *out, double number);
void codec_put_string(struct buf *out, const char *bytes, size_t length);
void codec_put_text(struct buf *out, const char *text); /* NULL gives nil */
void codec_put_list(struct buf *out, size_t count);     /* then count values */
void codec_put_map(struct buf *out, size_t count);      /* then count keys and values, in order */
void codec_put_value(struct buf *out, const struct value *value);

/* Reading: a cursor over borrowed bytes. A read that fails leaves the cursor marked as broken, and
   every later read fails too, so a caller may check once at the end with codec_is_good. */
struct codec_in {
    const unsigned char *at;
    const unsigned char *end;
    bool is_broken;
};

void codec_begin(struct codec_in *in, const void *bytes, size_t length);
bool codec_is_good(const struct codec_in *in); /* nothing failed */
bool codec_is_done(const struct codec_in *in); /* nothing failed and nothing is left */
/* The next tag without taking it; CODEC_NIL on a broken cursor. */
enum codec_tag codec_peek(const struct codec_in *in);
MUST_USE bool codec_get_nil(struct codec_in *in);
MUST_USE bool codec_get_bool(struct codec_in *in, bool *out);
MUST_USE bool codec_get_int(struct codec_in *in, int64_t *out);
MUST_USE bool codec_get_float(struct codec_in *in, double *out);
/* Borrows from the bytes under the cursor; not NUL-terminated. */
MUST_USE bool codec_get_string(struct codec_in *in, const char **bytes, size_t *length);
MUST_USE bool codec_get_list(struct codec_in *in, size_t *count);
MUST_USE bool codec_get_map(struct codec_in *in, size_t *count);
/* The last key of a map that is being read; starts as {0}. bytes is NULL for an integer key. */
struct codec_key {
    const char *bytes; /* borrowed, not NUL-terminated */
    size_t length;
    int64_t number;
    bool is_any; /* a key was read before */
};

/* Takes the next key of a map, which must be greater than the one key holds, and leaves it there.
 */
MUST_USE bool codec_get_key(struct codec_in *in, struct codec_key *key);
/* Marks the cursor as broken, for a caller that does not accept what it read; always false. */
bool codec_break(struct codec_in *in);
/* Takes one whole value of any kind. *start and *length (may be NULL) tell its bytes. */
MUST_USE bool codec_skip(struct codec_in *in, const void **start, size_t *length);
/* Takes one value as a tree of at most a million nodes; integer keys become their decimal text, and
   a map that holds both 1 and "1" is refused. A nil in a map drops its key. The caller frees it. */
MUST_USE bool codec_get_value(struct codec_in *in, struct value **out);
/* Takes one value and appends it as canonical JSON, the same as json_write of its tree. Strings
   must be UTF-8 and floats finite. The hot path of decisions. */
MUST_USE bool codec_get_json(struct codec_in *in, struct buf *out);

#endif
