/* SHA-256 of bytes, in one go or in pieces; HMAC and MD5 for signatures of other houses. The only
   file that sees OpenSSL's headers. */
#ifndef DUBAN_DIGEST_H
#define DUBAN_DIGEST_H

#include <stddef.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX 65 /* with its NUL */
#define DIGEST_MD5_SIZE 16

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
/* HMAC-SHA256 of the bytes; an empty key is allowed. */
void digest_hmac(const void *key, size_t key_length, const void *bytes, size_t length,
                 unsigned char out[static DIGEST_SIZE]);
/* MD5, which gateways still ask for; protects nothing. */
void digest_md5(const void *bytes, size_t length, unsigned char out[static DIGEST_MD5_SIZE]);
void digest_hex(const unsigned char bytes[static DIGEST_SIZE], char out[static DIGEST_HEX]);

#endif
