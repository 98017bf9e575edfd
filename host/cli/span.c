/* One table of endings serves both directions; the first of a unit is how it is written back. */
#include "cli/span.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/mem.h"

static const struct {
    const char *plain, *said;
} ENDS[] = {
    {"wd", "个工作日"}, {"wd", "工作日"}, {"d", "个自然日"}, {"d", "日内"},
    {"d", "日"},        {"d", "天"},      {"m", "个月"},     {"m", "月"},
};

/* How many bytes of a whole number the text begins with; 0 without one. */
static size_t number_length(const char *text)
{
    size_t sign = *text == '-' ? 1 : 0;
    size_t digits = strspn(text + sign, "0123456789");

    return digits ? sign + digits : 0;
}

static char *put(const char *text, size_t length, const char *end)
{
    size_t size = length + strlen(end) + 1;
    char *out = mem_new(size);

    snprintf(out, size, "%.*s%s", (int)length, text, end);
    return out;
}

char *span_plain(const char *text)
{
    size_t length = number_length(text);
    const char *rest = text + length + strspn(text + length, " ");

    for (size_t i = 0; length && i < COUNT_OF(ENDS); i++) {
        if (strcmp(rest, ENDS[i].said) == 0) {
            return put(text, length, ENDS[i].plain);
        }
    }
    return mem_text(text);
}

char *span_said(const char *text)
{
    size_t length = number_length(text);

    for (size_t i = 0; length && i < COUNT_OF(ENDS); i++) {
        if (strcmp(text + length, ENDS[i].plain) == 0) {
            return put(text, length, strcmp(ENDS[i].plain, "d") == 0 ? "日" : ENDS[i].said);
        }
    }
    return mem_text(text);
}
