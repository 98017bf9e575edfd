/* Memory that is always there: allocates or ends the process. The only place that names malloc. */
#ifndef DUBAN_MEM_H
#define DUBAN_MEM_H

#include <stddef.h>

/* Zeroed bytes that the caller frees with mem_free; never NULL. */
void *mem_new(size_t size);
/* Zeroed room for count items of size bytes; ends the process when the product overflows. */
void *mem_array(size_t count, size_t size);
/* Grows or shrinks what mem_new gave; the new tail is not zeroed. */
void *mem_resize(void *old, size_t size);
/* A NUL-terminated copy of text, or of the first length bytes. mem_text(NULL) is NULL. */
char *mem_text(const char *text);
char *mem_text_n(const char *text, size_t length);
/* Accepts NULL. */
void mem_free(void *old);

#endif
