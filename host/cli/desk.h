/* The desk of `duban serve`: commands that came over the socket are carried out in the one house
   that is open, each as if its user had typed it here. */
#ifndef DUBAN_DESK_H
#define DUBAN_DESK_H

#include "base/base.h"
#include "cli/house.h"
#include "serve/reception.h"

struct desk;

/* Borrows the house, which is open for writing. */
struct desk *desk_new(struct house *house);
void desk_free(struct desk *desk); /* accepts NULL */
/* An errands_fn over a desk. Facts that stand next to each other are recorded together, everything
   else one after the other; each is committed when its reply is filled. */
errands_fn desk_answer;

#endif
