/* A growable byte string with a ceiling. It grows by doubling, keeps a NUL behind its content, and
   once something did not fit it takes nothing more, so the content is always a prefix of what was
   meant. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_ROOM 64

void buf_init(struct buf *buf, size_t ceiling)
{
    *buf = (struct buf){.ceiling = ceiling};
}

void buf_clear(struct buf *buf)
{
    mem_free(buf->bytes);
    buf_init(buf, buf->ceiling);
}

void buf_reset(struct buf *buf)
{
    buf->length = 0;
    buf->is_over = false;
    if (buf->bytes) {
        buf->bytes[0] = '\0';
    }
}

static void grow(struct buf *buf, size_t needed)
{
    size_t room = buf->room ? buf->room : FIRST_ROOM;

    while (room < needed && room <= SIZE_MAX / 2) {
        room *= 2;
    }
    if (room < needed) {
        room = needed;
    }
    buf->bytes = mem_resize(buf->bytes, room);
    buf->room = room;
}

char *buf_extend(struct buf *buf, size_t length)
{
    char *start;

    if (buf->is_over || length >= SIZE_MAX - buf->length || buf->length + length > buf->ceiling) {
        buf->is_over = true;
        return NULL;
    }
    if (buf->length + length >= buf->room) {
        grow(buf, buf->length + length + 1);
    }
    start = buf->bytes + buf->length;
    buf->length += length;
    start[length] = '\0';
    return start;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    char *start = buf_extend(buf, length);

    if (start && length) {
        memcpy(start, bytes, length);
    }
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_byte(struct buf *buf, unsigned char byte)
{
    char *start = buf_extend(buf, 1);

    if (start) {
        *start = (char)byte;
    }
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    char small[256];
    char *start;
    int length;

    va_start(args, format);
    length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < 0) {
        buf->is_over = true;
        return;
    }
    if ((size_t)length < sizeof small) {
        buf_add(buf, small, (size_t)length);
        return;
    }
    start = buf_extend(buf, (size_t)length);
    if (start) {
        va_start(args, format);
        vsnprintf(start, (size_t)length + 1, format, args);
        va_end(args);
    }
}

const char *buf_text(const struct buf *buf)
{
    return buf->bytes ? buf->bytes : "";
}
