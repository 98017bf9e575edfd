/* One line per event on standard error, written in one piece so that lines of several processes do
   not mix. What came from outside cannot start a second line or move a terminal's cursor. */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_BYTES 2048

static void PRINTF_LIKE(2, 0) write_line(const char *level, const char *format, va_list args)
{
    char line[LINE_MAX_BYTES];
    size_t length;
    size_t done = 0;

    snprintf(line, sizeof line, "%s: ", level);
    length = strlen(line);
    vsnprintf(line + length, sizeof line - length - 1, format, args);
    text_clean(line, ' ', "");
    length = strlen(line);
    line[length++] = '\n';
    while (done < length) {
        ssize_t count = write(STDERR_FILENO, line + done, length - done);

        if (count <= 0) {
            return; /* nobody listens; there is no better place to say so */
        }
        done += (size_t)count;
    }
}

void log_info(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line("info", format, args);
    va_end(args);
}

void log_warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line("warn", format, args);
    va_end(args);
}
