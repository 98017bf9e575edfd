/* Long lists on a terminal go through the reader's own pager. */
#ifndef DUBAN_PAGER_H
#define DUBAN_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

struct pager {
    pid_t child; /* 0: none */
};

/* Puts $PAGER (less when it is unset, nothing when it is empty) behind standard output, when that
   is a terminal and the command is one that lists. */
void pager_begin(struct pager *pager, const char *command);
/* Closes standard output and waits until the reader is done; true when there was a pager, whose
   reader may leave before the end. */
bool pager_end(struct pager *pager);

#endif
