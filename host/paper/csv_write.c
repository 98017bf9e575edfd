/* Writes cells of CSV that no spreadsheet takes for a formula. */
#include <string.h>

#include "base/base.h"
#include "paper/csv.h"

static const char *const FORMULA_STARTS[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                             "\n", "＝", "＋", "－", "＠"};

static const char *skip_digits(const char *at)
{
    return at + strspn(at, "0123456789");
}

/* "-12", "+3.5", "-1.5e-3". */
static bool is_number(const char *text)
{
    const char *start = text + (*text == '+' || *text == '-');
    const char *at = skip_digits(start);

    if (at == start) {
        return false;
    }
    if (*at == '.') {
        start = at + 1;
        at = skip_digits(start);
        if (at == start) {
            return false;
        }
    }
    if (*at == 'e' || *at == 'E') {
        start = at + 1 + (at[1] == '+' || at[1] == '-');
        at = skip_digits(start);
        if (at == start) {
            return false;
        }
    }
    return *at == '\0';
}

static bool is_formula(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(FORMULA_STARTS); i++) {
        if (strncmp(text, FORMULA_STARTS[i], strlen(FORMULA_STARTS[i])) == 0) {
            return !is_number(text);
        }
    }
    return false;
}

void csv_write_cell(struct buf *out, const char *text)
{
    size_t length = strlen(text);
    bool is_quoted = strpbrk(text, "\",;\t\r\n") != NULL ||
                     (length && (text[0] == ' ' || text[length - 1] == ' '));

    if (is_quoted) {
        buf_add_byte(out, '"');
    }
    if (is_formula(text)) {
        buf_add_byte(out, '\'');
    }
    for (const char *at = text; *at; at++) {
        if (*at == '"') {
            buf_add_byte(out, '"');
        }
        buf_add_byte(out, (unsigned char)*at);
    }
    if (is_quoted) {
        buf_add_byte(out, '"');
    }
}

const char *csv_plain_cell(const char *text)
{
    return *text == '\'' && is_formula(text + 1) ? text + 1 : text;
}
