/* Bytes nobody can guess, for tokens. Nothing that is decided or replayed may ever use them. */
#ifndef DUBAN_RANDOM_H
#define DUBAN_RANDOM_H

#include <stddef.h>

/* Fills out; ends the process when the system has none, which it never lacks after booting. At most
   256 bytes. */
void random_bytes(unsigned char *out, size_t length);

#endif
