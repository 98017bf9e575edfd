/* Breaking by columns. A line is never broken before a closing mark, as Chinese setting wants it.
 */
#include "cli/wrap.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static const char *const CLOSERS[] = {"，", "。", "；", "：", "、", "）",
                                      "》", "”",  "！", "？", NULL};
static const char *const OPENERS[] = {"（", "《", "“", "(", NULL};

static bool is_closer(const char *text)
{
    for (size_t i = 0; CLOSERS[i]; i++) {
        if (strncmp(text, CLOSERS[i], strlen(CLOSERS[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* A line never ends with an opening mark: true when one stands before at. */
static bool is_after_opener(const char *text, size_t at)
{
    for (size_t i = 0; OPENERS[i]; i++) {
        size_t length = strlen(OPENERS[i]);

        if (at >= length && strncmp(text + at - length, OPENERS[i], length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_wordy(const char *text)
{
    return (unsigned char)*text < 0x80 && *text != ' ' && *text != '\0';
}

/* The start of the character before text + at. */
static size_t step_back(const char *text, size_t at)
{
    do {
        at--;
    } while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
    return at;
}

/* How many bytes go on this line of `width` columns. */
static size_t line_length(const char *text, size_t width)
{
    size_t length = text_fit(text, width);
    size_t at = length;

    if (!text[length] || length == 0) {
        return length ? length : 1;
    }
    while (at > 0 && (is_closer(text + at) || is_after_opener(text, at) ||
                      (is_wordy(text + at) && is_wordy(text + at - 1)))) {
        at = step_back(text, at);
    }
    return at > length / 2 ? at : length;
}

void wrap_print(const struct out *out, const char *head, size_t indent, const char *text)
{
    size_t used = text_width(head);

    out_print(out, "%s%*s", head, used < indent ? (int)(indent - used) : 0, "");
    wrap_rest(out, indent, text);
}

void wrap_rest(const struct out *out, size_t indent, const char *text)
{
    size_t width = indent + 20 < WRAP_COLUMNS ? WRAP_COLUMNS - indent : 20;
    bool is_first = true;

    do {
        const char *newline = strchr(text, '\n');
        size_t length = line_length(text, width);
        const char *next;

        if (newline && (size_t)(newline - text) < length) {
            length = (size_t)(newline - text);
        }
        next = text + length;
        while (length > 1 && *next && text[length - 1] == ' ') {
            length--;
        }
        out_print(out, "%*s%.*s\n", is_first ? 0 : (int)indent, "", (int)length, text);
        text = next;
        while (*text == ' ' || *text == '\n') {
            text++;
        }
        is_first = false;
    } while (*text);
}

void wrap_cell(struct buf *out, const char *text, size_t width)
{
    size_t begin = out->length;
    size_t used;

    if (text_width(text) > width) {
        buf_add(out, text, text_fit(text, width - text_width("…")));
        buf_add_text(out, "…");
    } else {
        buf_add_text(out, text);
    }
    used = text_width(buf_text(out) + begin);
    while (used++ < width) {
        buf_add_byte(out, ' ');
    }
}
