/* Ways in which a test build's reader may go wrong on purpose. */
#ifndef DUBAN_READER_TRIAL_H
#define DUBAN_READER_TRIAL_H

#include <stddef.h>

/* With -DDUBAN_TEST and DUBAN_READER="die:N", "hang:N", "lie:N" or "open:N" in the environment, the
   reader does that at its Nth row (the last opens a file, which its lock should forbid). Prepare
   before the lock, which takes the environment away. Otherwise nothing at all. */
#ifdef DUBAN_TEST
void reader_trial_prepare(void);
void reader_trial_row(size_t row);
#else
#define reader_trial_prepare() ((void)0)
#define reader_trial_row(row) ((void)(row))
#endif

#endif
