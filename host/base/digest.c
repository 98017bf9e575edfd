/* SHA-256, HMAC and MD5 by OpenSSL. Looking an algorithm up costs more than hashing a short text,
   so each context of SHA-256 fetches it once and is used again and again; signatures are few. */
#include "base/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "base/mem.h"

struct digest {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

/* A hash that cannot be made is like memory that cannot be had: the chain must not go on without
   it. */
static void must(int is_good)
{
    if (is_good != 1) {
        fputs("duban: OpenSSL does not offer a digest that is needed\n", stderr);
        abort();
    }
}

struct digest *digest_new(void)
{
    struct digest *digest = mem_new(sizeof *digest);

    digest->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    digest->context = EVP_MD_CTX_new();
    must(digest->algorithm && digest->context);
    digest_start(digest);
    return digest;
}

void digest_free(struct digest *digest)
{
    if (digest) {
        EVP_MD_CTX_free(digest->context);
        EVP_MD_free(digest->algorithm);
        mem_free(digest);
    }
}

void digest_start(struct digest *digest)
{
    must(EVP_DigestInit_ex2(digest->context, digest->algorithm, NULL));
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    must(EVP_DigestUpdate(digest->context, bytes, length));
}

void digest_end(struct digest *digest, unsigned char out[static DIGEST_SIZE])
{
    must(EVP_DigestFinal_ex(digest->context, out, NULL));
}

void digest_bytes(struct digest *digest, const void *bytes, size_t length,
                  unsigned char out[static DIGEST_SIZE])
{
    digest_start(digest);
    digest_add(digest, bytes, length);
    digest_end(digest, out);
}

void digest_hmac(const void *key, size_t key_length, const void *bytes, size_t length,
                 unsigned char out[static DIGEST_SIZE])
{
    size_t written = 0;

    must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key_length ? key : "", key_length,
                   (const unsigned char *)bytes, length, out, DIGEST_SIZE, &written) != NULL);
    must(written == DIGEST_SIZE);
}

void digest_md5(const void *bytes, size_t length, unsigned char out[static DIGEST_MD5_SIZE])
{
    must(EVP_Q_digest(NULL, "MD5", NULL, bytes, length, out, NULL));
}

void digest_hex(const unsigned char bytes[static DIGEST_SIZE], char out[static DIGEST_HEX])
{
    static const char DIGITS[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    out[DIGEST_HEX - 1] = '\0';
}
