/* Standard output: one place decides between lines for people and one JSON document for programs.
 */
#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#define DOCUMENT_MAX ((size_t)256 * 1024 * 1024)

static const char *const paints[] = {
    [PAINT_NONE] = "",        [PAINT_BOLD] = "\033[1m",   [PAINT_DIM] = "\033[2m",
    [PAINT_RED] = "\033[31m", [PAINT_GREEN] = "\033[32m", [PAINT_YELLOW] = "\033[33m",
};

void out_begin(struct out *out, bool is_json)
{
    const char *plain = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    *out = (struct out){.is_json = is_json};
    out->has_colour = !is_json && (!plain || !*plain) && isatty(STDOUT_FILENO) && terminal &&
                      strcmp(terminal, "dumb") != 0;
}

/* What a script or a file brought must not steer the terminal. */
static void put_safely(FILE *stream, char *text)
{
    text_clean(text, '?', "\n\t");
    fputs(text, stream);
}

/* A list of arguments can be walked once, hence two: one to measure, one to write. */
static char *format_text(const char *format, va_list measure, va_list list)
{
    int length = vsnprintf(NULL, 0, format, measure);
    char *text;

    if (length < 0) {
        return mem_text("");
    }
    text = mem_new((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, list);
    return text;
}

void out_print(const struct out *out, const char *format, ...)
{
    va_list measure;
    va_list list;
    char *text;

    if (out->is_json) {
        return;
    }
    va_start(measure, format);
    va_start(list, format);
    text = format_text(format, measure, list);
    va_end(list);
    va_end(measure);
    put_safely(stdout, text);
    mem_free(text);
}

void out_paint(const struct out *out, enum paint paint, const char *format, ...)
{
    va_list measure;
    va_list list;
    char *text;
    bool is_painted = out->has_colour && paint != PAINT_NONE;

    if (out->is_json) {
        return;
    }
    va_start(measure, format);
    va_start(list, format);
    text = format_text(format, measure, list);
    va_end(list);
    va_end(measure);
    fputs(is_painted ? paints[paint] : "", stdout);
    put_safely(stdout, text);
    fputs(is_painted ? "\033[0m" : "", stdout);
    mem_free(text);
}

void out_progress(const struct out *out, const char *format, ...)
{
    va_list measure;
    va_list list;
    char *text;

    if (out->is_json || !isatty(STDERR_FILENO)) {
        return;
    }
    va_start(measure, format);
    va_start(list, format);
    text = format_text(format, measure, list);
    va_end(list);
    va_end(measure);
    put_safely(stderr, text);
    fputc('\n', stderr);
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
        fwrite(text.bytes, 1, text.length, stdout);
        buf_clear(&text);
    }
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_set(err, ERR_INTERNAL,
                SAY("无法写标准输出：%s", "standard output cannot be written: %s"),
                strerror(errno ? errno : EIO));
        return false;
    }
    return true;
}

void out_clear(struct out *out)
{
    value_free(out->document);
    out->document = NULL;
}
