/* The way of a command to a running `duban serve`. */
#ifndef DUBAN_FORWARD_H
#define DUBAN_FORWARD_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/perform.h"

/* True when the command is one that the writer of the site carries out and such a one answers at
   the site's socket; *socket is open then and goes to forward_words. */
bool forward_reaches(const struct house *house, const struct performance *performance, int *socket);
/* Sends the words and the files they name, prints what comes back and gives its outcome. Closes the
   socket. */
enum outcome forward_words(const struct house *house, const struct performance *performance,
                           int socket, int argc, char **argv, struct err *err);

#endif
