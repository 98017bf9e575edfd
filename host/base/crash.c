/* The counting behind the named crash points of test builds. In the build people run this file is
   empty but for its guard, because the points themselves compile to nothing. */
#include "base/crash.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef DUBAN_TEST
void crash_point(const char *name)
{
    static long passed; /* a test build's own counter: it dies with the process it kills */
    const char *wanted = getenv("DUBAN_CRASH");
    const char *colon = wanted ? strrchr(wanted, ':') : NULL;
    size_t length = colon ? (size_t)(colon - wanted) : 0;

    if (!colon) {
        return;
    }
    if (!(length == 1 && *wanted == '*') &&
        !(strlen(name) == length && memcmp(name, wanted, length) == 0)) {
        return;
    }
    if (++passed >= strtol(colon + 1, NULL, 10)) {
        (void)kill(getpid(), SIGKILL);
    }
}
#else
typedef int crash_file_is_not_empty;
#endif
