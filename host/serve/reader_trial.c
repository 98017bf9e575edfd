/* The failures a spec asks the reader for. In the build people run this file is empty but for its
   guard, because the calls themselves compile to nothing. */
#include "serve/reader_trial.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pipe.h"
#include "script/confine.h"

#ifdef DUBAN_TEST
static char way[8]; /* of this process, which lives for one file */
static size_t when;

void reader_trial_prepare(void)
{
    const char *wanted = getenv("DUBAN_READER");
    size_t length = wanted ? strcspn(wanted, ":") : 0;

    if (length && length < sizeof way && wanted[length]) {
        memcpy(way, wanted, length);
        when = strtoul(wanted + length + 1, NULL, 10);
    }
}

/* A row of a kind that does not exist. */
static void lie(void)
{
    struct buf frame;

    buf_init(&frame, 64);
    codec_put_list(&frame, 1);
    codec_put_list(&frame, 2);
    codec_put_int(&frame, 77);
    codec_put_int(&frame, -1);
    if (!pipe_send(CONFINE_FD, frame.bytes, frame.length, 0, NULL)) {
        abort();
    }
    buf_clear(&frame);
}

void reader_trial_row(size_t row)
{
    if (!*way || row != when) {
        return;
    }
    if (strcmp(way, "hang") == 0) {
        for (volatile unsigned turn = 0;; turn++) {
        }
    }
    if (strcmp(way, "open") == 0) {
        (void)open("/etc/hostname", O_RDONLY);
    } else if (strcmp(way, "lie") == 0) {
        lie();
    } else {
        abort();
    }
}
#endif
