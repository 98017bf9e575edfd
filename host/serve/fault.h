/* What became of a worker: reads its last frame and the status of wait, and tells the script's
   fault from an accident. */
#ifndef DUBAN_FAULT_H
#define DUBAN_FAULT_H

#include <stdbool.h>

#include "base/buf.h"
#include "serve/zygote.h"

/* Fills kind and text (cleaned of control characters). */
void fault_set(struct worker_end *end, const char *kind, const char *text);
/* Is the frame { fault = … }? Then end is filled from it. The frame is hostile. */
bool fault_read(const struct buf *frame, struct worker_end *end);
/* Completes end from the status of wait, -1 when nobody knows it. */
void fault_judge(struct worker_end *end, int status, bool was_killed);

#endif
