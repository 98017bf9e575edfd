/* What an office edits to say what a message says: templates/NAME.md, a heading, facts and
   paragraphs with {{places}} for values. A template is read as hostile input: bounded in size,
   depth and work, and values never become structure. */
#ifndef DUBAN_TEMPLATE_H
#define DUBAN_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"

#define TEMPLATE_LIMIT ((size_t)64 * 1024)  /* of a file */
#define TEMPLATE_OUTPUT ((size_t)64 * 1024) /* of each part of a message */
#define TEMPLATE_DEPTH 8                    /* sections within sections */
#define TEMPLATE_WORK 20000                 /* places filled in one part of a message */
#define TEMPLATE_FACTS 20

struct template;

/* What the comment under the heading says: <!-- 级别：加急；有效：3天；汇总 -->. */
struct template_manner {
    int64_t priority;    /* 0 特急, 1 加急, 2 普通, which is also what nothing said means */
    int64_t worth_ms;    /* how long the message is worth sending; 0: for ever */
    bool is_collectable; /* may wait for a digest */
};

/* Reads a template; name is for messages. `# heading` is the first line; lines `- label：text`
   directly under it are facts; the rest is the text. {{name}}, {{#list}}…{{/list}}, {{^x}}…{{/x}},
   {{.}}, {{! remark}}, all of them in full-width braces too. ERR_INVALID with name:line:column. */
MUST_USE bool template_parse(const char *name, const char *text, size_t length,
                             struct template **out, struct err *err);
void template_free(struct template *template); /* accepts NULL */
const struct template_manner *template_manner(const struct template *template);
/* SHA-256 of the file as it was read. */
const char *template_hash(const struct template *template);

/* Appends a finding {line, column, text} for each name that nobody gives. known is a map from name
   to true (a value), false (anything: what stands in its section is not judged) or a map (the names
   that the items of a list have). */
void template_check(const struct template *template, const struct value *known,
                    struct value *findings);
/* {title, facts = [[label, text]…], body}, the caller's. Facts whose text is empty are left out; a
   line that holds {{link}} alone is left to whoever shows the message, which has its link beside
   it. Names that data lacks are empty and, unless missing is NULL, pushed there once. */
struct value *template_render(const struct template *template, const struct value *data,
                              struct value *missing);

/* The template of that name: the site's own, else the library's. ERR_MISSING when there is none. */
MUST_USE bool template_load(const char *folder, const char *library, const char *name,
                            struct template **out, struct err *err);
/* The path of the file that template_load reads; the caller's. NULL when there is none. */
char *template_path(const char *folder, const char *library, const char *name);

#endif
