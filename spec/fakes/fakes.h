/* The fake platforms: what their files share. One process on loopback, one thread for each
   connection, one lock around everything that is remembered. */
#ifndef DUBAN_FAKES_H
#define DUBAN_FAKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/value.h"

#define FAKES_BODY_MAX ((size_t)1024 * 1024)
#define FAKES_LIFE_MS 60000 /* of a connection */

/* A connection, in the clear or not. */
struct stream {
    int fd;
    SSL *ssl;
    bool is_broken;
    struct buf in; /* read and not yet taken */
    size_t taken;
};

bool stream_start_tls(struct stream *stream);
/* The next line without its end, in a text the caller frees; NULL at the end. */
char *stream_line(struct stream *stream);
bool stream_read(struct stream *stream, size_t length, struct buf *out);
bool stream_write(struct stream *stream, const char *bytes, size_t length);
void stream_print(struct stream *stream, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Closes with a reset, so that the other side sees no clean end. */
void stream_reset(struct stream *stream);

/* One HTTP request. */
struct asked {
    char *method;
    char *path; /* without query */
    struct value *query;
    struct value *headers; /* names in small letters */
    struct buf body;
    struct value *json; /* of the body; NULL when it is none */
};

/* What a platform answers. */
struct answer {
    int status;
    struct buf body;
    const char *key; /* under which the message is counted; NULL: it was not taken */
    char key_room[256];
    char headers[512];
};

void answer_json(struct answer *answer, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- http.c, mail.c ---- */

void http_serve(struct stream *stream);
void mail_serve(struct stream *stream);

/* ---- platforms.c ---- */

/* "wecom", "wecom-app", "dingtalk", "feishu", "webhook" */
const char *platform_of(const struct asked *asked);
void platform_answer(const char *platform, const struct asked *asked, struct answer *answer);

/* ---- state.c: everything below takes the lock itself ---- */

void state_init(void);
/* A setting as the control request "config" left it, or its default; a text the caller frees. */
char *state_conf(const char *name);
/* The next fault for this platform, a tree the caller frees, or NULL. */
struct value *state_fault(const char *platform);
/* Counts a message that arrived; true when the key came before. */
bool state_count(const char *platform, const char *key);
void state_remember(struct value *request); /* takes it */
void state_connected(void);
/* True when one more within the minute is too many; block_ms is how long it then stays shut. */
bool state_is_too_fast(const char *platform, int most, int64_t window_ms, int64_t block_ms);
int64_t state_now(void); /* ms, as far as the spec has moved it */
/* Tokens of wecom-app: makes one, and tells whether one is valid. */
void state_new_token(char *out, size_t size);
bool state_is_token(const char *text);
/* Answers a control request; the caller frees it. */
struct value *state_control(const struct value *request);

/* ---- receiver.c ---- */

int receiver_run(int listener);

#endif
