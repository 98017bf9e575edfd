/* What a worker decided about one case, read as hostile input: every kind, length and number is
   checked before anything of it is believed. */
#ifndef DUBAN_VERDICT_H
#define DUBAN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/err.h"
#include "casework/chain.h"
#include "serve/arena.h"

#define VERDICT_ROWS 2000
#define VERDICT_EFFECTS 5000
#define VERDICT_NAME 200                  /* bytes */
#define VERDICT_BODY ((size_t)256 * 1024) /* of JSON */
#define VERDICT_SNAPSHOT ((size_t)1024 * 1024)

enum effect_kind {
    EFFECT_NOTIFY,
    EFFECT_DOCUMENT,
    EFFECT_OPEN,
    EFFECT_SIGNAL,
    EFFECT_PROPOSE,
    EFFECT_SETTLE,
    EFFECT_CANCEL,
    EFFECT_WITHDRAW,
    EFFECT_PLAN,
    EFFECT_UNPLAN,
    EFFECT_CLOSE,
    EFFECT_REOPEN
};

struct effect {
    enum effect_kind kind;
    struct span key;  /* NUL-terminated */
    struct span body; /* one codec map, in the answer's own bytes */
};

struct verdict_row {
    bool is_input;
    struct span kind; /* all NUL-terminated */
    struct span name;
    int64_t at;
    struct span body; /* canonical JSON */
    int64_t line;
    int64_t after; /* 0: by itself or what was asked; else which of the inputs given caused it */
};

/* Embeds: zero it before use, verdict_clear at the end. Reused from case to case. */
struct verdict {
    struct verdict_row *rows;
    size_t row_count;
    size_t row_room;
    struct effect *effects;
    size_t effect_count;
    size_t effect_room;
    struct span snapshot;
    int64_t wake_at; /* CASE_NEVER: nothing */
    const char *state;
    const char *due;  /* NULL: nothing runs */
    const char *late; /* NULL: no passed day stands */
    bool is_closed;
    struct span record; /* canonical JSON, when it changed; else bytes NULL */
    struct err refused; /* kind ERR_NONE: it was not */
    struct buf json;    /* scratch */
};
void verdict_clear(struct verdict *verdict);
/* Texts go to the arena; snapshot and bodies of effects stay where in lies. ERR_INVALID names what
 * is wrong. */
MUST_USE bool verdict_read(struct verdict *verdict, struct codec_in in, struct arena *arena,
                           struct err *err);

/* One key looked for in a codec map. */
struct field {
    const char *name;
    struct codec_in value;
    bool is_there; /* and not nil */
};
/* Walks the map once; unknown keys are passed over. */
MUST_USE bool fields_read(struct span map, struct field *fields, size_t count, struct err *err);
/* A text of at most limit bytes, UTF-8, into the arena; "" when it is not there and not needed. */
MUST_USE bool field_text(const struct field *field, size_t limit, struct arena *arena,
                         struct span *out, struct err *err);
/* The value as canonical JSON in the arena; otherwise when it is not there. scratch is reset. */
MUST_USE bool field_json(const struct field *field, struct buf *scratch, struct arena *arena,
                         const char *otherwise, struct span *out, struct err *err);
/* The bytes of the value; nothing when it is not there. */
struct span field_bytes(const struct field *field);

#endif
