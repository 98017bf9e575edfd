/* Finds secrecy marks in text that enters the house: a site that is not accredited must refuse
   them. The rule is narrow on purpose, for the bare words stand in every second regulation. */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

#include "base/base.h"

static const char *const LEVELS[] = {"绝密", "机密", "秘密"};
/* U+0020, U+3000, U+00A0, U+2002, U+2003, U+200B, U+FEFF and the tab. */
static const char *const BLANKS[] = {
    " ",           "\t", "\xe3\x80\x80", "\xc2\xa0", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x8b",
    "\xef\xbb\xbf"};
/* What may stand between a label and its value, or close the value. */
static const char *const EDGES[] = {":",  "：", "|",  ",",  "，", ";", "；", "。", "[", "]",
                                    "【", "】", "（", "）", "(",  ")", "\"", "“",  "”"};

/* Behind the word at `at`, or NULL when another text stands there. */
static const char *after(const char *at, const char *word)
{
    size_t length = strlen(word);

    return at && strncmp(at, word, length) == 0 ? at + length : NULL;
}

static const char *after_any(const char *at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *next = after(at, words[i]);

        if (next) {
            return next;
        }
    }
    return NULL;
}

static const char *skip_blanks(const char *at)
{
    for (const char *next = at; next; next = after_any(at, BLANKS, COUNT_OF(BLANKS))) {
        at = next;
    }
    return at;
}

static const char *skip_edges(const char *at)
{
    const char *next = skip_blanks(at);

    while (next) {
        at = skip_blanks(next);
        next = after_any(at, EDGES, COUNT_OF(EDGES));
    }
    return at;
}

/* Behind a word whose two characters may be spread with blanks: "密　级". */
static const char *after_spread(const char *at, const char *word)
{
    char half[4] = {word[0], word[1], word[2],
                    '\0'}; /* every word here is two characters of three bytes */

    at = after(at, half);
    return at ? after(skip_blanks(at), word + 3) : NULL;
}

static const char *after_level(const char *at)
{
    for (size_t i = 0; i < COUNT_OF(LEVELS); i++) {
        const char *next = after_spread(at, LEVELS[i]);

        if (next) {
            const char *suffix = after(skip_blanks(next), "级");

            return suffix ? suffix : next;
        }
    }
    return NULL;
}

/* The level ends its line, or something follows that no sentence goes on with. */
static bool is_alone(const char *at)
{
    const char *next = skip_blanks(at);

    return next > at || !*at || *at == '\n' || *at == '\r' ||
           after_any(at, EDGES, COUNT_OF(EDGES)) != NULL;
}

bool text_is_classified(const char *text)
{
    for (const char *at = text; *at; at++) {
        const char *level = after_level(at);
        const char *label = after_spread(at, "密级");
        const char *value = label ? skip_edges(label) : NULL;

        if (level && after(skip_blanks(level), "★")) {
            return true;
        }
        if (value > label) {
            level = after_level(value);
            if (level && is_alone(level)) {
                return true;
            }
        }
    }
    return false;
}
