/* The output of a command: one place decides between lines for people and one JSON document for
 * programs.
 */
#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#define DOCUMENT_MAX ((size_t)256 * 1024 * 1024)

static const char *const paints[] = {
    [PAINT_NONE] = "",        [PAINT_BOLD] = "\033[1m",   [PAINT_DIM] = "\033[2m",
    [PAINT_RED] = "\033[31m", [PAINT_GREEN] = "\033[32m", [PAINT_YELLOW] = "\033[33m",
};

/* What a terminal of this many columns holds; without one COLUMNS says it, or 80. */
static size_t room_of_screen(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    long wide = 0;

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        wide = size.ws_col;
    } else if (columns) {
        wide = strtol(columns, NULL, 10);
    }
    return wide >= 40 && wide < 10000 ? (size_t)wide : 80;
}

struct display out_display(void)
{
    const char *plain = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return (struct display){.columns = room_of_screen(),
                            .has_colour = (!plain || !*plain) && isatty(STDOUT_FILENO) &&
                                          terminal && strcmp(terminal, "dumb") != 0,
                            .has_progress = isatty(STDERR_FILENO)};
}

void out_begin(struct out *out, const struct display *display, FILE *stream, FILE *errors)
{
    *out = (struct out){.display = *display, .stream = stream, .errors = errors};
}

/* What a script or a file brought must not steer the terminal. */
static void put_safely(FILE *stream, char *text)
{
    text_clean(text, '?', "\n\t");
    fputs(text, stream);
}

/* Measures, then writes: a list of arguments can be walked once, hence the copy. */
static char *format_text(const char *format, va_list list)
{
    va_list measure;
    int length;
    char *text;

    va_copy(measure, list);
    length = vsnprintf(NULL, 0, format, measure);
    va_end(measure);
    if (length < 0) {
        return mem_text("");
    }
    text = mem_new((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, list);
    return text;
}

void out_print(const struct out *out, const char *format, ...)
{
    va_list list;
    char *text;

    if (out->is_json) {
        return;
    }
    va_start(list, format);
    text = format_text(format, list);
    va_end(list);
    put_safely(out->stream, text);
    mem_free(text);
}

void out_paint(const struct out *out, enum paint paint, const char *format, ...)
{
    va_list list;
    char *text;
    bool is_painted = out->display.has_colour && paint != PAINT_NONE;

    if (out->is_json) {
        return;
    }
    va_start(list, format);
    text = format_text(format, list);
    va_end(list);
    fputs(is_painted ? paints[paint] : "", out->stream);
    put_safely(out->stream, text);
    fputs(is_painted ? "\033[0m" : "", out->stream);
    mem_free(text);
}

void out_progress(const struct out *out, const char *format, ...)
{
    va_list list;
    char *text;

    if (out->is_json || !out->display.has_progress) {
        return;
    }
    va_start(list, format);
    text = format_text(format, list);
    va_end(list);
    put_safely(out->errors, text);
    fputc('\n', out->errors);
    mem_free(text);
}

void out_document(struct out *out, struct value *document)
{
    value_free(out->document);
    out->document = NULL;
    if (out->is_json) {
        out->document = document;
    } else {
        value_free(document);
    }
}

struct value *out_map(struct out *out)
{
    if (!out->is_json) {
        return NULL;
    }
    if (value_kind(out->document) != VALUE_MAP) {
        out_document(out, value_new_map());
    }
    return out->document;
}

bool out_end(struct out *out, bool is_done, struct err *err)
{
    struct buf text;

    if (out->is_json && (is_done || out->document)) {
        buf_init(&text, DOCUMENT_MAX);
        json_write(out->document, &text);
        buf_add_byte(&text, '\n');
        if (text.is_over) {
            buf_clear(&text);
            err_set(err, ERR_INVALID, "%s",
                    SAY("输出超过 256 MB，请缩小范围", "the output is over 256 MB; ask for less"));
            return false;
        }
        fwrite(text.bytes, 1, text.length, out->stream);
        buf_clear(&text);
    }
    errno = 0;
    if (fflush(out->stream) != 0 || ferror(out->stream)) {
        err_set(err, ERR_INTERNAL,
                SAY("无法写标准输出：%s", "standard output cannot be written: %s"),
                strerror(errno ? errno : EIO));
        return false;
    }
    return true;
}

const char *out_place(struct out *out, const char *path)
{
    const char *ending = strrchr(path, '.');
    struct buf staged;

    if (!out->stage) {
        return path;
    }
    mem_free(out->staged);
    buf_init(&staged, 4096);
    buf_add_format(&staged, "%s%s", out->stage, ending ? ending : "");
    out->staged = mem_text(buf_text(&staged));
    buf_clear(&staged);
    return out->staged;
}

void out_clear(struct out *out)
{
    value_free(out->document);
    out->document = NULL;
    mem_free(out->staged);
    out->staged = NULL;
}
