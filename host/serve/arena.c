/* Texts that live as long as one batch. Blocks are kept over resets, so that a long tick allocates
   nothing after its first batch. */
#include "serve/arena.h"

#include <string.h>

#include "base/mem.h"

#define ARENA_BLOCK ((size_t)64 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t room;
    max_align_t bytes[]; /* room bytes */
};

static struct arena_block *new_block(size_t size)
{
    size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    struct arena_block *block = mem_new(sizeof *block + room);

    block->room = room;
    return block;
}

void arena_clear(struct arena *arena)
{
    while (arena->first) {
        struct arena_block *block = arena->first;

        arena->first = block->next;
        mem_free(block);
    }
    *arena = (struct arena){0};
}

/* Blocks of unusual size go, so that one large answer does not stay for ever. */
void arena_reset(struct arena *arena)
{
    struct arena_block **at = &arena->first;

    while (*at) {
        struct arena_block *block = *at;

        if (block->room > ARENA_BLOCK) {
            *at = block->next;
            mem_free(block);
        } else {
            at = &block->next;
        }
    }
    arena->now = arena->first;
    arena->used = 0;
}

void *arena_room(struct arena *arena, size_t size)
{
    size_t aligned = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    void *room;

    while (arena->now && arena->now->room - arena->used < aligned && arena->now->next) {
        arena->now = arena->now->next;
        arena->used = 0;
    }
    if (!arena->now || arena->now->room - arena->used < aligned) {
        struct arena_block *block = new_block(aligned);

        if (arena->now) {
            arena->now->next = block;
        } else {
            arena->first = block;
        }
        arena->now = block;
        arena->used = 0;
    }
    room = (char *)arena->now->bytes + arena->used;
    arena->used += aligned;
    return room;
}

char *arena_text(struct arena *arena, const void *bytes, size_t length)
{
    char *copy = arena_room(arena, length + 1);

    if (length) {
        memcpy(copy, bytes, length);
    }
    copy[length] = '\0';
    return copy;
}
