/* What a person would hand over: the list that becomes the paper. */
#ifndef DUBAN_HANDOVER_H
#define DUBAN_HANDOVER_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/registry.h"
#include "cli/args.h"
#include "cli/house.h"

struct handover {
    struct house *house;
    const struct args *args;
    struct person from, to, witness;
    char since[12];
    struct value *cases; /* as passing_find gives them */
    struct value *rows;  /* of the paper: list of { kind, number, what, note } */
};

/* Fills cases and rows: open cases whose record names the person, roles (with --roles), signatures
   that wait, messages not sent yet. Somebody of a supervised unit is the subject of cases that name
   them: those stay. */
MUST_USE bool handover_list(struct handover *work, struct err *err);

#endif
