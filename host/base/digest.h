/* SHA-256 of bytes, in one go or in pieces. The only file that sees OpenSSL's headers. */
#ifndef DUBAN_DIGEST_H
#define DUBAN_DIGEST_H

#include <stddef.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX 65 /* with its NUL */

struct digest;

/* One reusable context (making one is dear); free accepts NULL. */
struct digest *digest_new(void);
void digest_free(struct digest *digest);
void digest_start(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t length);
void digest_end(struct digest *digest, unsigned char out[static DIGEST_SIZE]);
/* All three for one piece. */
void digest_bytes(struct digest *digest, const void *bytes, size_t length,
                  unsigned char out[static DIGEST_SIZE]);
void digest_hex(const unsigned char bytes[static DIGEST_SIZE], char out[static DIGEST_HEX]);

#endif
