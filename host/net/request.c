/* One request, built up piece by piece. It holds secrets, so what is freed is wiped first. */
#include "net/request.h"

#include <string.h>

#include "base/encode.h"
#include "base/mem.h"
#include "base/text.h"

#define URL_MAX 8192
#define HEADERS_MAX 16384
#define FIELD_MAX 65536

struct part {
    size_t offset;
    size_t ceiling;
};

static const struct part PARTS[] = {
    {offsetof(struct request, url), URL_MAX},
    {offsetof(struct request, headers), HEADERS_MAX},
    {offsetof(struct request, body), REQUEST_BODY_MAX},
    {offsetof(struct request, from), FIELD_MAX},
    {offsetof(struct request, to), FIELD_MAX},
    {offsetof(struct request, user), FIELD_MAX},
    {offsetof(struct request, password), FIELD_MAX},
};

static struct buf *part_of(struct request *request, size_t i)
{
    return (struct buf *)(void *)((char *)request + PARTS[i].offset);
}

void request_init(struct request *request)
{
    *request = (struct request){.method = "POST"};
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        buf_init(part_of(request, i), PARTS[i].ceiling);
    }
}

void request_clear(struct request *request)
{
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        struct buf *part = part_of(request, i);

        if (part->bytes) {
            explicit_bzero(part->bytes, part->room);
        }
        buf_clear(part);
    }
}

struct request *request_new(void)
{
    struct request *request = mem_new(sizeof *request);

    request_init(request);
    return request;
}

void request_free(struct request *request)
{
    if (request) {
        request_clear(request);
        mem_free(request);
    }
}

void request_header(struct request *request, const char *name, const char *value)
{
    buf_add_text(&request->headers, name);
    buf_add(&request->headers, ": ", 2);
    buf_add_text(&request->headers, value);
    buf_add_byte(&request->headers, '\n');
}

void request_query(struct request *request, const char *name, const char *value)
{
    buf_add_byte(&request->url, strchr(buf_text(&request->url), '?') ? '&' : '?');
    buf_add_text(&request->url, name);
    buf_add_byte(&request->url, '=');
    encode_percent(value, strlen(value), &request->url);
}

void request_path(struct request *request, const char *base, const char *path)
{
    size_t length = strlen(base);

    while (length && base[length - 1] == '/') {
        length--;
    }
    buf_add(&request->url, base, length);
    buf_add_text(&request->url, path);
}

void request_segment(struct request *request, const char *segment)
{
    encode_percent(segment, strlen(segment), &request->url);
}

bool request_is_whole(const struct request *request, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        const struct buf *part =
            (const struct buf *)(const void *)((const char *)request + PARTS[i].offset);

        if (part->is_over) {
            err_set(err, ERR_INVALID,
                    SAY("请求的一部分超过 %zu 字节", "a part of the request is over %zu bytes"),
                    part->ceiling);
            return false;
        }
    }
    return true;
}

bool request_is_url(const char *text)
{
    static const char OTHERS[] = "-._~:/?#[]@!$&'()*+,;=%";
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;
    const char *host = text + scheme;

    if (!scheme || strlen(text) > 1024 || !*host || strchr("/?#:@.", *host)) {
        return false;
    }
    for (const char *at = host; *at; at++) {
        bool is_letter =
            (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');

        if (!is_letter && !strchr(OTHERS, *at)) {
            return false;
        }
    }
    return !memchr(host, '@', strcspn(host, "/?#")); /* no name and password in an address */
}

bool request_is_line(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || (unsigned char)*text == 0x7f) {
            return false;
        }
    }
    return true;
}
