/* One input of a case, in the form in which workers are told of it. */
#ifndef DUBAN_INPUT_H
#define DUBAN_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "serve/batch.h"

/* Appends one input in the form of the worker protocol. */
struct input {
    const char *kind;
    const char *name;
    int64_t at;
    bool has_occurred;
    int64_t occurred;
    int64_t now;
    const char *calendar; /* hash */
    const char *actor;    /* NULL: nobody */
    struct span body;     /* one codec value */
};
void batch_put_input(struct buf *out, const struct input *input);

#endif
