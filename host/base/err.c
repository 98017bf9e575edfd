/* The one error value of the house. Sentences are UTF-8, so cutting a long one respects characters.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const KIND_NAMES[] = {
    [ERR_NONE] = "none",         [ERR_INVALID] = "invalid",   [ERR_MISSING] = "missing",
    [ERR_CONFLICT] = "conflict", [ERR_BUSY] = "busy",         [ERR_TIMEOUT] = "timeout",
    [ERR_DENIED] = "denied",     [ERR_INTERNAL] = "internal",
};

/* The arguments may well point into err->text, so the sentence is made beside it first. */
void err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;

    if (!err) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_trim(text);
    err->kind = kind;
    err->wants_role = false;
    memcpy(err->text, text, sizeof text);
}

void err_want_role(struct err *err)
{
    if (err && err->kind == ERR_DENIED) {
        err->wants_role = true;
    }
}

static size_t shorter(size_t length, size_t room)
{
    return length < room ? length : room;
}

void err_add(struct err *err, const char *format, ...)
{
    char text[sizeof err->text];
    size_t length;
    size_t tail;
    va_list args;

    if (!err) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    length = strlen(text);
    tail = shorter(2, sizeof text - 1 - length);
    memcpy(text + length, ": ", tail);
    length += tail;
    tail = shorter(strlen(err->text), sizeof text - 1 - length);
    memcpy(text + length, err->text, tail);
    length += tail;
    text[length] = '\0';
    text_trim(text);
    memcpy(err->text, text, sizeof text);
}

const char *err_kind_name(enum err_kind kind)
{
    return (size_t)kind < COUNT_OF(KIND_NAMES) ? KIND_NAMES[kind] : KIND_NAMES[ERR_INTERNAL];
}

enum err_kind err_kind_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(KIND_NAMES); i++) {
        if (name && strcmp(name, KIND_NAMES[i]) == 0) {
            return (enum err_kind)i;
        }
    }
    return ERR_INTERNAL;
}
