/* The kernel's own source, and no other. */
#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(unsigned char *out, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t got = getrandom(out + done, length - done, 0);

        if (got < 0 && errno != EINTR) {
            (void)fputs("duban: the system gives no random bytes\n", stderr);
            abort();
        }
        done += got > 0 ? (size_t)got : 0;
    }
}
