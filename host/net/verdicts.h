/* The tables that bring a platform's words down to the seven outcomes: by code, by status. */
#ifndef DUBAN_VERDICTS_H
#define DUBAN_VERDICTS_H

#include <stddef.h>
#include <stdint.h>

#include "net/sent.h"

/* A row of a platform's table: the first that fits decides. */
struct code_row {
    const char *code; /* NULL: any */
    const char
        *words; /* "a|b": one of them stands in the text, whatever its case; NULL: any text */
    enum sent_kind kind;
    int64_t after_ms;
    const char *hint_zh;
    const char *hint_en;
};

struct status_row {
    int64_t first;
    int64_t last;
    enum sent_kind kind;
    int64_t after_ms;
    const char *hint_zh;
    const char *hint_en;
};

/* A platform's tables as a whole, for whoever lists them. */
struct verdicts {
    const struct code_row *codes;
    size_t code_count;
    const struct status_row *statuses;
    size_t status_count;
};
/* What is the same for all: a network that failed, by stage, and an answer that is not the
   platform's own, by status. */
extern const struct verdicts SENT_NETWORK;

#endif
