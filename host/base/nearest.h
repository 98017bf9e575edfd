/* Did you mean …: the one of several words that is nearest to what was typed. */
#ifndef DUBAN_NEAREST_H
#define DUBAN_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word; /* what was typed; borrowed */
    const char *best; /* NULL: nothing near enough; borrowed from the offers */
    size_t distance;
};

void nearest_begin(struct nearest *nearest, const char *word);
/* Considers one right word. */
void nearest_offer(struct nearest *nearest, const char *word);

#endif
