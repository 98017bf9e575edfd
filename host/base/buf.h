/* A growable byte string with a ceiling: appending beyond it marks the buffer as overflown. */
#ifndef DUBAN_BUF_H
#define DUBAN_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct buf {
    char *bytes; /* always NUL-terminated once anything was appended; else NULL */
    size_t length;
    size_t room;
    size_t ceiling;
    bool is_over; /* something did not fit; the content is what came before */
};

/* Embeds: init before use, clear at the end. ceiling is in bytes. */
void buf_init(struct buf *buf, size_t ceiling);
void buf_clear(struct buf *buf);
/* Empties it and keeps the room. */
void buf_reset(struct buf *buf);
void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, unsigned char byte);
void buf_add_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for length more bytes at the end, already counted; NULL when over the ceiling. */
char *buf_extend(struct buf *buf, size_t length);
/* The content as text, never NULL. */
const char *buf_text(const struct buf *buf);

#endif
