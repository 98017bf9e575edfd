/* Open cases in which a person or a unit stands, and the fact that puts another one there: what
   `handover` and `unit merge` share. */
#ifndef DUBAN_PASSING_H
#define DUBAN_PASSING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"
#include "cli/table.h"

struct passing {
    struct house *house;
    const char *kind; /* of the fields: "person" or "unit" */
    const char *code; /* who stands there */
};
/* A list of { number, title, unit, fields: [labels] }, by number; the caller's. Fields that never
   change (fixed) are left out. */
MUST_USE bool passing_find(const struct passing *passing, struct value **cases, struct err *err);
/* Records the fact on each of them, under --key with the number: form (from, to, …) gets the
   fields. Nobody's role is asked again. Each case gets done, and error when it was refused. */
MUST_USE bool passing_record(const struct passing *passing, const char *fact,
                             const struct value *form, struct value **cases, size_t *refused,
                             struct err *err);
/* The cases as rows: number, title, unit, fields, what became of it. */
struct table *passing_table(const struct value *cases);

#endif
