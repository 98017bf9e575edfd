/* The table is made by the Makefile out of Unicode's Unihan readings, one set of initials a
   character, so that polyphones (长沙 is cs and zs) need no dictionary of words. */
#include "base/pinyin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "pinyin_table.h" /* PINYIN_FIRST, PINYIN_LAST, PINYIN_MASKS: bit 0 is a */

static char lower(uint32_t code)
{
    return (char)(code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code);
}

static bool is_word(uint32_t code)
{
    char c = lower(code);

    return code < 0x80 && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
}

/* Characters that have no letter at all, as brackets and spaces. */
static bool is_silent(uint32_t code)
{
    return !is_word(code) &&
           (code < PINYIN_FIRST || code > PINYIN_LAST || !PINYIN_MASKS[code - PINYIN_FIRST]);
}

static bool fits(uint32_t code, char letter)
{
    if (is_word(code)) {
        return lower(code) == letter;
    }
    return letter >= 'a' && letter <= 'z' &&
           (PINYIN_MASKS[code - PINYIN_FIRST] >> (letter - 'a') & 1u) != 0;
}

/* Do the characters from name on fit all letters? *is_end: the name ends with them. */
static bool fits_from(const char *name, const char *letters, bool *is_end)
{
    uint32_t code = text_next(&name);

    while (*letters && code) {
        if (!is_silent(code)) {
            if (!fits(code, lower((unsigned char)*letters))) {
                return false;
            }
            letters++;
        }
        code = text_next(&name);
    }
    while (code && is_silent(code)) {
        code = text_next(&name);
    }
    *is_end = code == 0;
    return *letters == '\0';
}

enum pinyin_fit pinyin_fit(const char *name, const char *letters)
{
    const char *at = name;
    bool is_first = true;
    bool is_end = false;

    while (*at && *letters) {
        const char *here = at;
        uint32_t code = text_next(&at);

        if (is_silent(code)) {
            continue;
        }
        if (fits_from(here, letters, &is_end)) {
            return !is_first ? PINYIN_INSIDE : is_end ? PINYIN_WHOLE : PINYIN_BEGIN;
        }
        is_first = false;
    }
    return PINYIN_NONE;
}
