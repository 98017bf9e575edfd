/* Memory that is always there. A process that cannot have the few bytes it asks for has no better
   plan than to end: the supervisor starts it again, and the store recovers. */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *fresh)
{
    if (!fresh) {
        fputs("duban: out of memory\n", stderr);
        abort();
    }
    return fresh;
}

void *mem_new(size_t size)
{
    return or_abort(calloc(1, size ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        return or_abort(NULL);
    }
    return mem_new(count * size);
}

void *mem_resize(void *old, size_t size)
{
    return or_abort(realloc(old, size ? size : 1));
}

char *mem_text(const char *text)
{
    return text ? mem_text_n(text, strlen(text)) : NULL;
}

char *mem_text_n(const char *text, size_t length)
{
    char *copy;

    if (length == SIZE_MAX) {
        return or_abort(NULL);
    }
    copy = or_abort(malloc(length + 1));
    if (length) {
        memcpy(copy, text, length);
    }
    copy[length] = '\0';
    return copy;
}

void mem_free(void *old)
{
    free(old);
}
