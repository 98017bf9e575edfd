/* What reading and filling a template share; nobody else needs it. */
#ifndef DUBAN_TEMPLATE_PARTS_H
#define DUBAN_TEMPLATE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "casework/template.h"

enum token_kind {
    TOKEN_TEXT,
    TOKEN_VALUE,
    TOKEN_SECTION,
    TOKEN_INVERTED,
    TOKEN_END
};

struct token {
    enum token_kind kind;
    const char *bytes; /* the text, or the name; in the source */
    size_t length;
    size_t partner; /* the END of a section, the section of an END */
};

/* One line or paragraph block with its places. */
struct run {
    struct token *tokens;
    size_t count;
};

struct template_fact {
    struct run label;
    struct run text;
};

struct template
{
    char *name;
    char *source; /* without BOM and CR */
    size_t length;
    char hash[DIGEST_HEX];
    struct run title;
    struct template_fact facts[TEMPLATE_FACTS];
    size_t fact_count;
    struct run body;
    struct template_manner manner;
};

/* "line" and "column" (in characters) of a place in the source, from 1. */
void template_place(const struct template *template, const char *at, int *line, int *column);
/* ERR_INVALID with name:line:column. */
MUST_USE bool template_refuse(const struct template *template, const char *at, struct err *err,
                              const char *sentence);

/* Takes the bytes from start to end apart. */
MUST_USE bool template_read_run(const struct template *template, const char *start, const char *end,
                                struct run *out, struct err *err);
/* Reads what stands between the marks of the comment. */
MUST_USE bool template_read_manner(struct template *template, const char *start, const char *end,
                                   struct err *err);

#endif
