/* Locks the process in before the first byte of an office's script: no files, no network, no other
   processes, nothing but its pipe. The only Linux-only file of this floor. */
#ifndef DUBAN_CONFINE_H
#define DUBAN_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"

#define CONFINE_FD 3 /* where the pipe is afterwards */
#define CONFINE_ZONE \
    "UTC0" /* TZ afterwards; tzset with it before, where a library asks for the zone */

/* False, with one sentence, when this kernel has no seccomp with KILL_PROCESS. */
MUST_USE bool confine_is_available(struct err *err);
/* This process dies when its parent does; ends it at once when parent is gone already. */
void confine_tie(int parent);
/* For a process that holds secrets: no core file, no debugger, no look into its memory or its
   environment by others of the same user. A program it starts must say so again. */
void confine_hide(void);
/* The path of the running program; false when the system does not tell. */
MUST_USE bool confine_program(char *out, size_t size);
/* Closes every descriptor except the count ones in keep. */
void confine_close(const int *keep, size_t count);
/* The whole lock. fd becomes CONFINE_FD, everything else is closed, the environment is emptied but
   for the language and the zone, address_space bounds memory as the second line. With is_loose a
   kernel without seccomp is accepted (a setting of the site allowed it). */
MUST_USE bool confine_now(int fd, size_t address_space, bool is_loose, struct err *err);

#endif
