/* What became of one attempt to send: the seven outcomes every platform's words come down to, and
   the tables that bring them there. HTTP 200 alone never means accepted. */
#ifndef DUBAN_SENT_H
#define DUBAN_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

enum sent_kind {
    SENT_ACCEPTED,
    SENT_THROTTLED,    /* the channel pauses; the attempt does not count */
    SENT_TRANSIENT,    /* again by schedule */
    SENT_AUTH_REFRESH, /* a new token, then once more at once */
    SENT_BAD_CONTENT,  /* dead until the text or the address changes */
    SENT_BAD_CHANNEL,  /* dead, and the channel's circuit opens */
    SENT_UNKNOWN       /* bytes left and no verdict was read */
};

struct sent {
    enum sent_kind kind;
    int64_t after_ms; /* how long to wait; 0: the schedule or the adapter's pause says */
    char code[32];    /* the platform's own code and words, made harmless to print */
    char text[400];
    char ref[128];       /* the platform's id of the message; "" when it gave none */
    const char *hint_zh; /* what to do about it, a sentence; NULL when accepted whole */
    const char *hint_en;
    struct value *partial; /* addresses that were not reached although accepted; NULL: all were */
};

/* What came back, as the one who did the request saw it. */
enum reply_stage {
    REPLY_WHOLE,     /* an answer was read to its end */
    REPLY_SECRET,    /* a secret could not be read */
    REPLY_FORBIDDEN, /* the address is not one the administrator allowed */
    REPLY_NAME,      /* the host's name was not found */
    REPLY_CONNECT,
    REPLY_TLS,
    REPLY_SEND, /* while the request was going out */
    REPLY_WAIT  /* no answer, half of one, or one that is too large */
};

struct reply {
    enum reply_stage stage;
    bool is_sent;           /* bytes of the request left */
    int64_t status;         /* HTTP's or SMTP's; 0: no answer */
    int64_t retry_after_ms; /* 0: the answer named none */
    const char *body;       /* may be NULL */
    size_t length;
    char failure[200]; /* the network's own words */
};

struct code_row;
struct status_row;

/* The word of an outcome as rows and frames have it, and back; NULL and false when unknown. */
const char *sent_name(enum sent_kind kind);
bool sent_named(const char *name, enum sent_kind *kind);
/* Frees what sent owns and leaves it empty. */
void sent_clear(struct sent *sent);
/* True when the address is among those that were not reached (case does not count). */
bool sent_has_missed(const struct sent *sent, const char *address);

/* Writes code and text, cut and made harmless; either may be NULL. */
void sent_say(struct sent *sent, const char *code, const char *text, size_t length);
/* Writes the platform's id of the message; NULL leaves it empty. */
void sent_note(struct sent *sent, const char *ref);
/* Judges by a table whose last row fits everything. */
void sent_by_rows(const struct code_row *rows, const char *code, const char *text,
                  struct sent *sent);
/* Judges by the status alone; false when no row holds it. A Retry-After of the answer stands in for
   the row's own wait. */
bool sent_by_status(const struct status_row *rows, size_t count, const struct reply *reply,
                    struct sent *sent);
/* Bytes left and nothing readable came back. */
void sent_set_unknown(struct sent *sent);
/* Judges what never became an answer; false when one was read whole. */
bool sent_by_failure(const struct reply *reply, struct sent *sent);

/* How a platform writes its verdict: a JSON map with an integer code, 0 for accepted. */
struct code_form {
    const char *code;       /* "errcode" */
    const char *older_code; /* looked at when code is absent; NULL: none */
    const char *text;
    const char *older_text;
    const struct code_row *rows;
};
/* Judges a whole answer by its JSON, else by its status, else as unknown. *tree (may be NULL) gets
   the parsed answer, which the caller frees; NULL when it is no JSON. */
void sent_by_json(const struct code_form *form, const struct reply *reply, struct sent *sent,
                  struct value **tree);
/* The wait a Retry-After header asks for (seconds or an HTTP date), within 1 s and 24 h; 0 when it
   cannot be read. */
int64_t sent_retry_after(const char *header, int64_t now_ms);

#endif
