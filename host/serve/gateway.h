/* The script of a channel that an office describes itself, with the worker it runs in: it is asked
   for the request of each message and for the verdict on each answer. Nothing a script does, loops,
   floods, dies or talks nonsense, comes further than the one item it was asked about. */
#ifndef DUBAN_GATEWAY_H
#define DUBAN_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/value.h"
#include "net/sent.h"

struct gateway;
struct zygote;

#define GATEWAY_FOLDER "channels" /* of the site, else of the library */
#define GATEWAY_TEXT 640

struct gateway_options {
    struct zygote *zygote; /* borrowed, as everything here */
    const char *folder;    /* of the site */
    const char *library;
    const char *name;         /* of the channel */
    const struct value *conf; /* its table, with script */
};

/* The script is read with the first question, and again whenever its file has changed. */
struct gateway *gateway_new(const struct gateway_options *options);
void gateway_free(struct gateway *gateway); /* accepts NULL */
/* The path of a channel's script; the caller's. NULL when there is none. */
char *gateway_path(const char *folder, const char *library, const char *script);
/* What a script may know of its channel: { name, url, options, secrets = names }; the caller's. */
struct value *gateway_conf(const char *name, const struct value *conf);

enum gateway_kind {
    GATEWAY_SAID,   /* value is the request's tree, or the verdict */
    GATEWAY_FAULT,  /* the script failed on this item; text names file and line */
    GATEWAY_BROKEN, /* it cannot be asked at all: missing, or it does not load; text says why */
    GATEWAY_UNASKED /* its neighbours ended too many workers */
};
struct gateway_reply {
    enum gateway_kind kind;
    struct value *value; /* of GATEWAY_SAID, the caller's; else NULL */
    char text[GATEWAY_TEXT];
};

/* The request of each message (neutral, with `again`), or the verdict on each answer { status,
   body }. Waits for its worker, at most a few seconds whatever the script does. replies has count
   places, all filled. */
void gateway_ask_requests(struct gateway *gateway, struct value *const *messages, size_t count,
                          struct gateway_reply *replies);
void gateway_ask_verdicts(struct gateway *gateway, struct value *const *answers, size_t count,
                          struct gateway_reply *replies);
/* The outcome a reply about a request or about a verdict comes down to, when it is no tree; true
   when it is the script's fault. *sent is overwritten and then owned by the caller. */
bool gateway_judge_request(const struct gateway_reply *reply, struct sent *sent);
bool gateway_judge_answer(const struct gateway_reply *reply, struct sent *sent);
/* A message as gateway_ask_requests takes it; an answer as gateway_ask_verdicts does. */
struct value *gateway_message(const struct value *message, bool is_again);
struct value *gateway_answer(int64_t status, const char *body, size_t length);
/* The first eight digits of the script's SHA-256; "" before it was read. */
const char *gateway_mark(const struct gateway *gateway);

#endif
