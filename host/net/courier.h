/* The courier: takes jobs from the keeper's pipe, sends each through its channel, and tells what
   became of it. Knows no store and no script; it alone sees secrets and the network. */
#ifndef DUBAN_COURIER_H
#define DUBAN_COURIER_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "net/secret.h"

/* Serves the pipe until its other end is gone, or until what was begun is told after a stop. False
   when it could not begin or the pipe speaks nonsense. */
MUST_USE bool courier_run(int fd, const struct secret_environment *environment, struct err *err);

#endif
