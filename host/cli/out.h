/* What a command says on standard output: lines and tables for people, or one JSON document for
 * programs. */
#ifndef DUBAN_OUT_H
#define DUBAN_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

enum paint {
    PAINT_NONE,
    PAINT_BOLD,
    PAINT_DIM,
    PAINT_RED,
    PAINT_GREEN,
    PAINT_YELLOW
};

/* What the reader's screen is like; it may stand at another process. */
struct display {
    size_t columns;
    bool has_colour;   /* a terminal, without NO_COLOR */
    bool has_progress; /* somebody watches standard error */
};

struct out {
    bool is_json;
    struct display display;
    FILE *stream;           /* borrowed: what the command says */
    FILE *errors;           /* borrowed: what it says beside that */
    struct value *document; /* printed by out_end under --json */
    const char
        *stage;   /* borrowed; a guest's: where a file that was asked for is made, but its ending */
    char *staged; /* the file, once there is one */
};

/* The screen of this process. */
struct display out_display(void);
/* Borrows the streams. */
void out_begin(struct out *out, const struct display *display, FILE *stream, FILE *errors);
/* Text for people: nothing under --json. Control characters other than newline are replaced. */
void out_print(const struct out *out, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same in a colour; no newline of its own. */
void out_paint(const struct out *out, enum paint paint, const char *format, ...) PRINTF_LIKE(3, 4);
/* A line about progress beside the output, only when somebody watches and --json is absent. */
void out_progress(const struct out *out, const char *format, ...) PRINTF_LIKE(2, 3);
/* The JSON document, taken over; the last one given wins. Without --json it is freed unprinted. */
void out_document(struct out *out, struct value *document);
/* The document as a map to add to under --json, made when there is none yet; NULL without --json.
 */
struct value *out_map(struct out *out);
/* Where a file that the user asked for is written: path itself, or for a guest the stage, whose
   bytes go along with the answer. One file a command. */
const char *out_place(struct out *out, const char *path);
/* Prints the document ("null" when a command gave none) and flushes. ERR_INTERNAL when the
 * stream failed. */
MUST_USE bool out_end(struct out *out, bool is_done, struct err *err);
void out_clear(struct out *out);

#endif
