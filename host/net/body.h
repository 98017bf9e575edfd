/* The text of a message in a platform's dialect, and the JSON around it, cut to the platform's
   limit: in bytes, between graphemes, with a mark, and never through link or mention. */
#ifndef DUBAN_BODY_H
#define DUBAN_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"

#define BODY_TEXT_MAX ((size_t)1 << 20)
#define BODY_KEY_SIZE 65

/* How a platform writes what every message has. */
struct dialect {
    const char *title_before; /* NULL: the title stands elsewhere */
    const char *title_after;
    const char *alarm_before; /* beside the title when it is urgent or critical */
    const char *alarm_after;
    const char *fact_before;
    const char *fact_between; /* label and text */
    const char *fact_after;
    const char *newline;     /* between the paragraphs of the body */
    const char *link_before; /* the link comes between */
    const char *link_after;
    bool is_marked; /* a markup that words of people must not be able to speak */
};

/* Plain text for mail and folders, and the same for platforms that see mentions in plain text. */
extern const struct dialect DIALECT_PLAIN, DIALECT_GUARDED;

/* A message on its way into a body. */
struct draft {
    const struct dialect *dialect;
    const struct value *message;
    bool is_again;
    const char *keyword; /* stands in front unless the title has it; NULL: none */
    struct buf head;     /* title, facts, body: what may be cut */
    struct buf tail;     /* link and mention: what may not */
    size_t text_limit;   /* of head and tail together, in bytes; 0: none */
    size_t body_limit;   /* of the whole body; 0: none */
    /* Gives the tree of the body around the text; the caller frees it. */
    struct value *(*wrap)(const struct draft *draft, const char *text);
    const struct value *conf;
};

void draft_init(struct draft *draft, const struct dialect *dialect, const struct value *conf,
                const struct value *message);
void draft_clear(struct draft *draft);
/* Fills head, and tail with the link. */
void draft_compose(struct draft *draft);
/* Appends the body as JSON, cut as needed. ERR_INVALID when it cannot be made to fit. */
MUST_USE bool draft_write(struct draft *draft, struct buf *body, struct err *err);

/* Appends text to out, cut with a mark so that at most limit bytes are added. */
void body_cut(const char *text, size_t length, size_t limit, bool has_link, struct buf *out);
/* Appends the title as people see it: keyword, 【紧急】 or 【特急】, the words, （重发）. */
void body_title(const struct value *message, const char *keyword, bool is_again, bool is_marked,
                struct buf *out);
/* Appends words of people so that they stay words: in one line, and harmless in a markup. */
void body_words(const char *text, bool is_marked, struct buf *out);
bool body_is_alarm(const struct value *message);
/* A key that any platform takes: itself when short and of letters, digits, - and _, else the
   SHA-256 of it in hexadecimal. */
void body_key(const char *key, char out[static BODY_KEY_SIZE]);
/* Appends JSON for people: sorted, two blanks a level. */
void body_pretty(const struct value *value, struct buf *out);
/* "2026-11-23T10:00:00+08:00" */
void body_instant(int64_t instant, char out[static 32]);

#endif
