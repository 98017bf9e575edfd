/* One command from its words to its outcome, in a house that may be somebody else's. */
#ifndef DUBAN_PERFORM_H
#define DUBAN_PERFORM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/args.h"
#include "cli/command.h"
#include "cli/house.h"

/* A command line taken apart; all of it points into argv. */
struct performance {
    const struct command *command; /* NULL: nothing is left to do, outcome stands */
    struct args args;
    enum outcome outcome;
};

/* Takes argv apart; argv[0] is the program. --version, help and wrong usage are dealt with at once,
   on the streams of house->out. house->globals is filled. Embeds: perform_clear later. */
void perform_read(struct house *house, int argc, char **argv, struct performance *performance,
                  struct err *err);
/* Carries the command out and finishes house->out. */
enum outcome perform_run(struct house *house, const struct performance *performance,
                         struct err *err);
/* The same around a handler that is called in two parts. */
enum outcome perform_finish(struct house *house, enum outcome outcome, struct err *err);
/* Puts a refusal for want of a role into the audit (perform_run does so itself). */
void perform_denied(struct house *house, const struct performance *performance,
                    const struct err *why);
void perform_clear(struct performance *performance);
/* One sentence on the stream, harmless to a terminal; nothing when err has no text. */
void perform_complain(FILE *stream, const struct err *err);

#endif
