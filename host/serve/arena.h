/* Texts that live as long as one batch: handed out without a free of their own, all dropped at
 * once. */
#ifndef DUBAN_ARENA_H
#define DUBAN_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *first;
    struct arena_block *now;
    size_t used; /* of now */
};

/* Embeds: zero it before use, clear it at the end. */
void arena_clear(struct arena *arena);
/* Forgets everything and keeps the room. */
void arena_reset(struct arena *arena);
/* Room for size bytes, aligned for any type, not zeroed. */
void *arena_room(struct arena *arena, size_t size);
/* A copy with a NUL after it. */
char *arena_text(struct arena *arena, const void *bytes, size_t length);

#endif
