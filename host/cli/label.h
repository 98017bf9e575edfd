/* What ids and values are called in front of people: titles out of a version's description, fields
   by their labels, codes of units and people by their names. */
#ifndef DUBAN_LABEL_H
#define DUBAN_LABEL_H

#include "base/buf.h"
#include "base/value.h"
#include "casework/site.h"
#include "store/store.h"

/* What is needed to name things of one case; borrows both. */
struct labels {
    const struct value *about; /* versions.about; NULL: ids are shown as they are */
    struct store *store;       /* NULL: codes are shown as they are */
};

/* The title of id in about's map `group` ("states", "facts", "deadlines", "steps"); id itself
 * without one. */
const char *label_title(const struct value *about, const char *group, const char *id);
/* The description of a field in a list of fields by id or label; NULL when there is none. */
const struct value *label_field(const struct value *fields, const char *name);
/* The fields of a fact's form; NULL when the fact is unknown. */
const struct value *label_form_of(const struct value *about, const char *fact);
/* The id that `word` (an id or a title) has in about's map `group`; NULL when there is none. */
const char *label_id(const struct value *about, const char *group, const char *word);
/* Appends {kind="workdays",n=5} as "5个工作日" or "5 working days". */
void label_span(const struct value *span, struct buf *out);
/* Appends the name of a unit or person, the code itself when nobody has it. */
void label_unit(const struct labels *labels, const char *code, struct buf *out);
void label_person(const struct labels *labels, const char *code, struct buf *out);
/* Appends the title of a workflow, and that of the state in which a case ended. */
void label_workflow(const struct labels *labels, const char *workflow, struct buf *out);
void label_outcome(const struct labels *labels, const char *number, const char *outcome,
                   struct buf *out);
/* Appends the title of a template, the first line of its file in the site or in the library; its id
   without one. */
void label_template(const struct site *site, const char *name, struct buf *out);
/* Appends a canonical value of a field (NULL field: guessed by its shape). */
void label_value(const struct labels *labels, const struct value *field, const struct value *value,
                 struct buf *out);
/* Appends "签收日期 2026-09-29；…" for the values of a form, in the form's order. */
void label_values(const struct labels *labels, const struct value *fields,
                  const struct value *values, struct buf *out);

#endif
