/* Help for people, the man page and the shell's completion, all out of the table of commands. */
#ifndef DUBAN_HELP_H
#define DUBAN_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/command.h"

/* All commands by group, one line each. */
void help_all(FILE *stream);
/* One command: synopsis, what it does, its options. */
void help_command(FILE *stream, const struct command *command);
/* The commands that begin with this first word ("calendar"); false when there is none. */
bool help_words(FILE *stream, const char *first);
/* roff for man(1). */
void help_man(FILE *stream);
/* A completion script for bash. */
void help_bash(FILE *stream);

#endif
