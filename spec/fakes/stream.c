/* Bytes over a socket, in the clear or under TLS, with a time limit on every wait. */
#include "fakes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

static ssize_t read_some(struct stream *stream, char *room, size_t size)
{
    return stream->ssl ? SSL_read(stream->ssl, room, (int)size) : read(stream->fd, room, size);
}

static bool fill(struct stream *stream)
{
    char room[16384];
    ssize_t count = stream->is_broken ? 0 : read_some(stream, room, sizeof room);

    if (count <= 0) {
        stream->is_broken = true;
        return false;
    }
    if (stream->taken) {
        memmove(stream->in.bytes, stream->in.bytes + stream->taken,
                stream->in.length - stream->taken);
        stream->in.length -= stream->taken;
        stream->taken = 0;
    }
    buf_add(&stream->in, room, (size_t)count);
    if (stream->in.is_over) {
        stream->is_broken = true;
    }
    return !stream->is_broken;
}

char *stream_line(struct stream *stream)
{
    for (;;) {
        const char *start = buf_text(&stream->in) + stream->taken;
        size_t length = stream->in.length - stream->taken;
        const char *end = memchr(start, '\n', length);

        if (end) {
            char *line = mem_text_n(start, (size_t)(end - start));

            stream->taken += (size_t)(end - start) + 1;
            line[strcspn(line, "\r")] = '\0';
            return line;
        }
        if (!fill(stream)) {
            return NULL;
        }
    }
}

bool stream_read(struct stream *stream, size_t length, struct buf *out)
{
    while (stream->in.length - stream->taken < length) {
        if (!fill(stream)) {
            return false;
        }
    }
    buf_add(out, buf_text(&stream->in) + stream->taken, length);
    stream->taken += length;
    return true;
}

bool stream_write(struct stream *stream, const char *bytes, size_t length)
{
    while (length && !stream->is_broken) {
        ssize_t count = stream->ssl ? SSL_write(stream->ssl, bytes, (int)length)
                                    : send(stream->fd, bytes, length, MSG_NOSIGNAL);

        if (count <= 0) {
            stream->is_broken = true;
        } else {
            bytes += count;
            length -= (size_t)count;
        }
    }
    return !stream->is_broken;
}

void stream_print(struct stream *stream, const char *format, ...)
{
    char text[8192];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    stream_write(stream, text, strlen(text));
}

void stream_reset(struct stream *stream)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    stream->is_broken = true;
}
