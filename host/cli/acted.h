/* Who stands behind a row of a case's history: the person, whose role it was done in, who typed it,
   and the paper it rests on. */
#ifndef DUBAN_ACTED_H
#define DUBAN_ACTED_H

#include "base/buf.h"
#include "base/value.h"
#include "casework/events.h"

/* Keeps it in a row of the history: actor, actor_name, recorder, for_another, stands_for, paper (a
   list of names). */
void acted_keep(const struct event_line *line, struct value *row);
/* Appends it in the reader's words, "  —— 钱副主任（代赵主任）（zhang 代录，附 来函.pdf）"; nothing
   when nobody acted. Who typed it is left out unless is_full, or a paper came with it. */
void acted_say(const struct value *row, bool is_full, struct buf *out);

#endif
