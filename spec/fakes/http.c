/* HTTP/1.1 with everything that goes wrong in it: answers that hang, are cut, trickle, redirect,
   never end or are no answer. */
#include "fakes.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

#define HEADERS_MAX 100
#define HUGE_BYTES (64 * 1024 * 1024)

static void asked_clear(struct asked *asked)
{
    mem_free(asked->method);
    mem_free(asked->path);
    value_free(asked->query);
    value_free(asked->headers);
    value_free(asked->json);
    buf_clear(&asked->body);
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* In place; a '+' is a blank, as the platforms read it. */
static void unescape(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (*text == '%' && hex_of(text[1]) >= 0 && hex_of(text[2]) >= 0) {
            *to++ = (char)(hex_of(text[1]) * 16 + hex_of(text[2]));
            text += 2;
        } else {
            *to++ = *text == '+' ? ' ' : *text;
        }
    }
    *to = '\0';
}

static struct value *read_query(char *text)
{
    struct value *made = value_new_map();

    while (text && *text) {
        char *next = strchr(text, '&');
        char *equals;

        if (next) {
            *next++ = '\0';
        }
        equals = strchr(text, '=');
        if (equals) {
            *equals = '\0';
            unescape(equals + 1);
            value_set_text(made, text, equals + 1);
        }
        text = next;
    }
    return made;
}

static bool read_headers(struct stream *stream, struct asked *asked)
{
    asked->headers = value_new_map();
    for (int i = 0; i < HEADERS_MAX; i++) {
        char *line = stream_line(stream);
        char *colon = line ? strchr(line, ':') : NULL;
        bool is_end = line && !*line;

        if (colon) {
            *colon = '\0';
            for (char *at = line; *at; at++) {
                *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
            }
            value_set_text(asked->headers, line, colon + 1 + strspn(colon + 1, " "));
        }
        mem_free(line);
        if (is_end) {
            return true;
        }
        if (!line) {
            return false;
        }
    }
    return false;
}

/* "POST http://host/path?query HTTP/1.1": a proxy sees the whole address. */
static bool read_start(struct stream *stream, struct asked *asked)
{
    char *line = stream_line(stream);
    char *target = line ? strchr(line, ' ') : NULL;
    char *end = target ? strchr(target + 1, ' ') : NULL;
    char *query;

    if (end) {
        *target++ = *end = '\0';
        asked->method = mem_text(line);
        query = strchr(target, '?');
        if (query) {
            *query++ = '\0';
        }
        asked->query = read_query(query);
        if (strncmp(target, "http://", 7) == 0 && strchr(target + 7, '/')) {
            target = strchr(target + 7, '/');
        }
        asked->path = mem_text(target);
    }
    mem_free(line);
    return end != NULL;
}

static bool read_asked(struct stream *stream, struct asked *asked)
{
    const char *length;

    *asked = (struct asked){0};
    buf_init(&asked->body, FAKES_BODY_MAX);
    if (!read_start(stream, asked) || !read_headers(stream, asked)) {
        return false;
    }
    length = value_get_text(asked->headers, "content-length");
    return strcmp(asked->method, "CONNECT") == 0 ||
           stream_read(stream, length ? (size_t)atoll(length) : 0, &asked->body);
}

static void remember(const char *platform, const struct asked *asked)
{
    struct value *made = value_new_map();

    value_set_text(made, "platform", platform);
    value_set_text(made, "method", asked->method);
    value_set_text(made, "path", asked->path);
    value_set(made, "query", value_copy(asked->query));
    value_set(made, "headers", value_copy(asked->headers));
    value_set_text(made, "body", buf_text(&asked->body));
    state_remember(made);
}

static void write_answer(struct stream *stream, const struct answer *answer)
{
    struct buf out;

    buf_init(&out, FAKES_BODY_MAX + 4096);
    buf_add_format(&out,
                   "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%s"
                   "Content-Length: %zu\r\n\r\n",
                   answer->status, answer->headers, answer->body.length);
    buf_add(&out, buf_text(&answer->body), answer->body.length);
    stream_write(stream, buf_text(&out), out.length);
    buf_clear(&out);
}

static void write_slowly(struct stream *stream, const struct answer *answer, int ms)
{
    stream_print(stream, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", answer->status,
                 answer->body.length);
    for (size_t i = 0; i < answer->body.length && !stream->is_broken; i++) {
        poll(NULL, 0, ms);
        stream_write(stream, answer->body.bytes + i, 1);
    }
}

static void write_hugely(struct stream *stream)
{
    char room[16384];

    memset(room, 'x', sizeof room);
    stream_print(stream, "HTTP/1.1 200 X\r\nContent-Type: text/plain\r\n\r\n");
    for (int sent = 0; sent < HUGE_BYTES && !stream->is_broken; sent += (int)sizeof room) {
        stream_write(stream, room, sizeof room);
    }
    stream->is_broken = true;
}

static const char *text_or(const struct value *map, const char *name, const char *otherwise)
{
    const char *text = value_get_text(map, name);

    return text ? text : otherwise;
}

static void given_answer(struct stream *stream, const struct value *fault, struct answer *answer)
{
    answer->status = (int)value_get_int(fault, "status", 200);
    buf_reset(&answer->body);
    buf_add_text(&answer->body, text_or(fault, "body", ""));
    snprintf(answer->headers, sizeof answer->headers, "%s", text_or(fault, "headers", ""));
    write_answer(stream, answer);
}

/* Instead of the answer, or with it. The connection is over afterwards, but for "answer". */
static void fail_in_mode(struct stream *stream, const struct value *fault, struct answer *answer)
{
    const char *mode = text_or(fault, "mode", "cut");
    int ms = (int)value_get_int(fault, "ms", 0);

    if (strcmp(mode, "answer") == 0) {
        given_answer(stream, fault, answer);
        return;
    }
    if (strcmp(mode, "late") == 0) {
        poll(NULL, 0, ms);
        write_answer(stream, answer);
        return;
    }
    if (strcmp(mode, "hang") == 0) {
        struct pollfd gone = {.fd = stream->fd, .events = POLLIN};

        poll(&gone, 1, ms ? ms : FAKES_LIFE_MS);
    } else if (strcmp(mode, "trickle") == 0) {
        write_slowly(stream, answer, ms ? ms : 200);
    } else if (strcmp(mode, "huge") == 0) {
        write_hugely(stream);
    } else if (strcmp(mode, "half") == 0) {
        stream_print(stream, "HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n{\"errcode\":0,");
    } else if (strcmp(mode, "junk") == 0) {
        stream_print(stream, "\x01\x02 this is not HTTP\r\n\r\n");
    } else if (strcmp(mode, "reset") == 0) {
        stream_reset(stream);
    }
    stream->is_broken = true;
}

static void control(struct stream *stream, const struct asked *asked, struct answer *answer)
{
    struct value *made = state_control(asked->json);

    json_write(made, &answer->body);
    answer->status = 200;
    value_free(made);
    write_answer(stream, answer);
}

static void serve_one(struct stream *stream, struct asked *asked, struct answer *answer)
{
    const char *platform = platform_of(asked);
    struct value *fault;

    if (asked->body.length &&
        !json_parse(asked->body.bytes, asked->body.length, &asked->json, NULL)) {
        asked->json = NULL;
    }
    if (strcmp(asked->path, "/control") == 0) {
        control(stream, asked, answer);
        return;
    }
    remember(platform, asked);
    if (strcmp(asked->method, "CONNECT") == 0) {
        stream_print(stream, "HTTP/1.1 200 X\r\n\r\n");
        stream->is_broken = !stream_start_tls(stream);
        return;
    }
    fault = state_fault(platform);
    if (!fault || strcmp(text_or(fault, "mode", "cut"), "answer") != 0) {
        platform_answer(platform, asked, answer);
        if (answer->key) {
            (void)state_count(platform, answer->key);
        }
    }
    if (fault) {
        fail_in_mode(stream, fault, answer);
    } else {
        write_answer(stream, answer);
    }
    value_free(fault);
}

void http_serve(struct stream *stream)
{
    while (!stream->is_broken) {
        struct asked asked;
        struct answer answer = {.status = 200};

        buf_init(&answer.body, FAKES_BODY_MAX);
        if (read_asked(stream, &asked)) {
            serve_one(stream, &asked, &answer);
        } else {
            stream->is_broken = true;
        }
        asked_clear(&asked);
        buf_clear(&answer.body);
    }
}
