/* Stream sockets that stand in the file system: to listen, to connect, and who is at the other end.
 */
#ifndef DUBAN_LOCAL_H
#define DUBAN_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

/* A listening socket at path, non-blocking; what lies there is replaced when it is a socket. Its
   mode is 0666: who may come is decided by the folder and by who is asked for afterwards. */
MUST_USE bool local_listen(const char *path, int *fd, struct err *err);
/* ERR_MISSING when nobody listens there. */
MUST_USE bool local_connect(const char *path, int *fd, struct err *err);
/* The next one who came, non-blocking, and the number of its user; false when nobody waits. */
MUST_USE bool local_accept(int listener, int *fd, int64_t *uid);

#endif
