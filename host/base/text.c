/* What the house knows about text for people. Everything walks UTF-8 by itself: the process never
   sets a locale, so neither iswprint nor wcwidth would help. */
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/mem.h"

bool text_is_zh(void)
{
    static const char *const NAMES[] = {"DUBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        const char *value = getenv(NAMES[i]);

        if (value && *value) {
            return strncmp(value, "zh", 2) == 0;
        }
    }
    return false;
}

void text_speak(const char *language)
{
    (void)setenv("DUBAN_LANG", language, 1); /* fails for want of memory only: the old one stays */
}

/* The bytes of the well-formed character at `at`, or 0. */
static size_t character_size(const unsigned char *at, const unsigned char *end)
{
    size_t left = (size_t)(end - at);
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t size;

    if (*at < 0x80) {
        return *at ? 1 : 0;
    }
    size = *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
    if (*at < 0xc2 || *at > 0xf4 || left < size) {
        return 0;
    }
    /* The second byte alone tells overlong forms, surrogates and what lies beyond U+10FFFF. */
    if (*at == 0xe0) {
        low = 0xa0;
    } else if (*at == 0xed) {
        high = 0x9f;
    } else if (*at == 0xf0) {
        low = 0x90;
    } else if (*at == 0xf4) {
        high = 0x8f;
    }
    if (at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return size;
}

/* True for eight bytes of plain ASCII without NUL. */
static bool is_plain(const unsigned char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return !((word | (word - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080));
}

/* Three bytes whose first leaves no room for mistakes in the second: nearly all Chinese text. */
static bool is_common(const unsigned char *at, const unsigned char *end)
{
    return end - at >= 3 && *at > 0xe0 && *at < 0xed && (at[1] & 0xc0) == 0x80 &&
           (at[2] & 0xc0) == 0x80;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    const unsigned char *end = length ? at + length : at;

    while (at < end) {
        size_t size;

        if (end - at >= 8 && is_plain(at)) {
            at += 8;
            continue;
        }
        if (is_common(at, end)) {
            at += 3;
            continue;
        }
        size = character_size(at, end);
        if (!size) {
            return false;
        }
        at += size;
    }
    return true;
}

/* The character at *at, moving past it; a broken byte counts as itself. */
static uint32_t take(const unsigned char **at, const unsigned char *end)
{
    static const unsigned char LEADS[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t size = character_size(*at, end);
    uint32_t point = size ? (uint32_t)(**at & LEADS[size]) : **at;

    for (size_t i = 1; i < size; i++) {
        point = point << 6 | ((*at)[i] & 0x3fu);
    }
    *at += size ? size : 1;
    return point;
}

uint32_t text_next(const char **at)
{
    const unsigned char *here = (const unsigned char *)*at;
    uint32_t point = *here ? take(&here, here + strlen((const char *)here)) : 0;

    *at = (const char *)here;
    return point;
}

struct range {
    uint32_t first;
    uint32_t last;
};

static const struct range NO_WIDTH[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x0300, 0x036f}, {0x0483, 0x0489},
    {0x0591, 0x05bd},   {0x064b, 0x065f}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},   {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20ff},
    {0x302a, 0x302d},   {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
    {0xe0100, 0xe01ef},
};

static const struct range TWO_WIDE[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26a1, 0x26a1},   {0x2705, 0x2705},
    {0x274c, 0x274c},   {0x2753, 0x2757},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool is_within(uint32_t point, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count && ranges[i].first <= point; i++) {
        if (point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static size_t point_width(uint32_t point)
{
    if (point >= 0x20 && point < 0x7f) {
        return 1;
    }
    if (is_within(point, NO_WIDTH, COUNT_OF(NO_WIDTH))) {
        return 0;
    }
    return is_within(point, TWO_WIDE, COUNT_OF(TWO_WIDE)) ? 2 : 1;
}

size_t text_width(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);
    size_t width = 0;

    while (at < end) {
        width += point_width(take(&at, end));
    }
    return width;
}

size_t text_fit(const char *text, size_t width)
{
    const unsigned char *start = (const unsigned char *)text;
    const unsigned char *at = start;
    const unsigned char *end = at + strlen(text);
    size_t used = 0;

    while (at < end) {
        const unsigned char *next = at;

        used += point_width(take(&next, end));
        if (used > width) {
            break;
        }
        at = next;
    }
    return (size_t)(at - start);
}

void text_trim(char *text)
{
    size_t length = strlen(text);
    size_t start = length;

    while (start && ((unsigned char)text[start - 1] & 0xc0) == 0x80) {
        start--;
    }
    if (start && ((unsigned char)text[start - 1] & 0x80)) {
        unsigned char lead = (unsigned char)text[start - 1];
        size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

        if (length - start + 1 < wanted) {
            text[start - 1] = '\0';
        }
    }
}

/* What moves a terminal's cursor, or makes a line read otherwise than it stands. */
static bool is_steering(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

void text_clean(char *text, char instead, const char *keep)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end;
    char *out = text;

    text_trim(text);
    end = at + strlen(text);
    while (at < end) {
        const unsigned char *start = at;
        bool is_broken = !character_size(at, end);
        uint32_t point = take(&at, end);

        if (is_broken) {
            *out++ = '?';
        } else if (is_steering(point) && !(point < 0x80 && strchr(keep, (int)point))) {
            *out++ = instead;
        } else {
            memmove(out, start, (size_t)(at - start));
            out += at - start;
        }
    }
    *out = '\0';
}

/* Blanks of every width, and the marks of no width that copying from web pages leaves behind. */
static bool is_blank(uint32_t point)
{
    return point == ' ' || point == '\t' || point == 0xa0 || (point >= 0x2000 && point <= 0x200d) ||
           point == 0x202f || point == 0x205f || point == 0x2060 || point == 0x3000 ||
           point == 0xfeff;
}

bool text_is_plain(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);

    while (at < end) {
        if (is_steering(take(&at, end))) {
            return false;
        }
    }
    return true;
}

bool text_is_blank(const char *text)
{
    char *normal = text_normal(text);
    bool is_blank_all = *normal == '\0';

    mem_free(normal);
    return is_blank_all;
}

char *text_normal(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);
    char *copy = mem_new((size_t)(end - at) + 1); /* the result is never longer */
    char *out = copy;

    while (at < end) {
        const unsigned char *start = at;
        uint32_t point = take(&at, end);

        if (is_blank(point) || point == '\n' || point == '\r') {
            continue;
        }
        if (point >= 0xff01 && point <= 0xff5e) {
            *out++ = (char)(point - 0xff01 + 0x21);
        } else {
            memcpy(out, start, (size_t)(at - start));
            out += at - start;
        }
    }
    *out = '\0';
    return copy;
}
