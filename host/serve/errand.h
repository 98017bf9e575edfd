/* What a command sends to `duban serve` and what comes back: two maps in the codec's form, each one
   frame.
     errand  { argv = words without the program, lang = "zh" | "en", columns, colour, folder = where
               it was typed, files = { name = bytes } }
     answer  { code = exit status, out = standard output, err = standard error, file = bytes of the
               file that was asked for, if one was } */
#ifndef DUBAN_ERRAND_H
#define DUBAN_ERRAND_H

#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"

#define ERRAND_SOCKET "duban.sock"
#define ERRAND_FILES_MAX ((size_t)64 * 1024 * 1024)
#define ERRAND_MAX (ERRAND_FILES_MAX + (size_t)1024 * 1024)
#define ERRAND_ANSWER_MAX ((size_t)64 * 1024 * 1024)

struct errand_answer {
    int code;
    const char *out;
    size_t out_length;
    const char *errors;
    size_t errors_length;
    const char *file; /* NULL: none */
    size_t file_length;
};

/* Replaces what is in reply; an answer that is too long becomes a refusal that says so. */
void errand_put_answer(struct buf *reply, const struct errand_answer *answer);
/* The same with one sentence on standard error and exit status 1. */
void errand_refuse(struct buf *reply, const char *sentence);

#endif
