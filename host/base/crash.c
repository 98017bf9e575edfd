/* The counting behind the named crash points of test builds. In the build people run this file is
   empty but for its guard, because the points themselves compile to nothing. */
#include "base/crash.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef DUBAN_TEST
static void note(const char *name)
{
    const char *path = getenv("DUBAN_CRASH_LOG");
    FILE *log = path ? fopen(path, "a") : NULL;

    if (log) {
        fprintf(log, "%s\n", name);
        fclose(log);
    }
}

static bool is_meant(const char *name, const char *wanted, size_t length)
{
    return (length == 1 && *wanted == '*') ||
           (strlen(name) == length && memcmp(name, wanted, length) == 0);
}

void crash_point(const char *name)
{
    static long passed; /* a test build's own counter: it dies with the process it kills */
    const char *wanted = getenv("DUBAN_CRASH");
    const char *colon = wanted ? strrchr(wanted, ':') : NULL;

    note(name);
    if (colon && is_meant(name, wanted, (size_t)(colon - wanted)) &&
        ++passed >= strtol(colon + 1, NULL, 10)) {
        (void)kill(getpid(), SIGKILL);
    }
}
#else
typedef int crash_file_is_not_empty;
#endif
