/* Several questions at once. */
#ifndef DUBAN_LOOK_H
#define DUBAN_LOOK_H

#include <stdbool.h>

#include "store/store.h"

/* Questions between these two are answered from one moment, and cheaper, for each alone takes and
   gives back the file's locks. Nothing is written in between. Inside a transaction, and when a look
   cannot begin, it does nothing. */
struct store_look {
    bool is_open;
};
struct store_look store_look(struct store *store);
void store_looked(struct store *store, struct store_look *look);

#endif
