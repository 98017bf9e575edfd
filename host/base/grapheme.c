/* Graphemes by the rules of UAX #29 that matter for what offices write: Chinese with its marks,
   emoji, flags, Hangul. Scripts of India and the prepending marks are left to the general rule. */
#include "base/grapheme.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

#define JOINER 0x200d

struct range {
    uint32_t first;
    uint32_t last;
};

/* What belongs to the character before it. */
static const struct range EXTENDING[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05bd},   {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
    {0x05c4, 0x05c5},   {0x05c7, 0x05c7},   {0x0610, 0x061a},   {0x064b, 0x065f}, {0x0670, 0x0670},
    {0x06d6, 0x06dc},   {0x06df, 0x06e4},   {0x06e7, 0x06e8},   {0x06ea, 0x06ed}, {0x0900, 0x0903},
    {0x093a, 0x093c},   {0x093e, 0x094f},   {0x0e31, 0x0e31},   {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
    {0x0f35, 0x0f35},   {0x0f37, 0x0f37},   {0x0f39, 0x0f39},   {0x0f71, 0x0f84}, {0x0f86, 0x0f87},
    {0x0f8d, 0x0fbc},   {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},   {0x200c, 0x200d}, {0x20d0, 0x20f0},
    {0x302a, 0x302f},   {0x3099, 0x309a},   {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f}, {0xff9e, 0xff9f},
    {0x1f3fb, 0x1f3ff}, {0xe0020, 0xe007f}, {0xe0100, 0xe01ef},
};

static bool is_extending(uint32_t point)
{
    for (size_t i = 0; i < COUNT_OF(EXTENDING) && EXTENDING[i].first <= point; i++) {
        if (point <= EXTENDING[i].last) {
            return true;
        }
    }
    return false;
}

static bool is_regional(uint32_t point)
{
    return point >= 0x1f1e6 && point <= 0x1f1ff;
}

/* Takes one character; a broken byte counts as itself. */
static uint32_t take(const unsigned char **at, const unsigned char *end)
{
    const unsigned char *here = *at;
    size_t size = *here < 0xc2 ? 1 : *here < 0xe0 ? 2 : *here < 0xf0 ? 3 : *here < 0xf5 ? 4 : 1;
    uint32_t point = size == 1 ? *here : *here & (0x7fu >> size);

    if (size > (size_t)(end - here)) {
        size = 1;
    }
    for (size_t i = 1; i < size; i++) {
        if ((here[i] & 0xc0) != 0x80) {
            size = 1;
            break;
        }
        point = point << 6 | (here[i] & 0x3fu);
    }
    *at += size;
    return size == 1 ? *here : point;
}

/* Leading consonants join vowels and syllables, vowels join vowels and tails. */
static bool is_hangul_pair(uint32_t left, uint32_t right)
{
    bool is_syllable = left >= 0xac00 && left <= 0xd7a3;
    bool is_open = is_syllable && (left - 0xac00) % 28 == 0;
    bool is_lead = left >= 0x1100 && left <= 0x115f;
    bool is_vowel = left >= 0x1160 && left <= 0x11a7;
    bool is_tail = left >= 0x11a8 && left <= 0x11ff;

    if (right >= 0x1160 && right <= 0x11a7) {
        return is_lead || is_vowel || is_open;
    }
    if (right >= 0x11a8 && right <= 0x11ff) {
        return is_vowel || is_tail || is_syllable;
    }
    return is_lead &&
           ((right >= 0x1100 && right <= 0x115f) || (right >= 0xac00 && right <= 0xd7a3));
}

/* flags: regional indicators in a row up to and with left. */
static bool is_joined(uint32_t left, uint32_t right, size_t flags)
{
    if (left == '\r' && right == '\n') {
        return true;
    }
    if (left < 0x20) {
        return false;
    }
    return is_extending(right) || left == JOINER || is_hangul_pair(left, right) ||
           (is_regional(right) && flags % 2 == 1);
}

size_t grapheme_fit(const char *text, size_t length, size_t limit)
{
    const unsigned char *start = (const unsigned char *)text;
    const unsigned char *end = length ? start + length : start;
    const unsigned char *at = start;
    size_t cut = 0;
    size_t flags = 0;
    uint32_t left = 0;

    if (length <= limit) {
        return length;
    }
    while (at < end) {
        const unsigned char *here = at;
        uint32_t right = take(&at, end);

        if (!is_joined(left, right, flags)) {
            cut = (size_t)(here - start);
        }
        if ((size_t)(at - start) > limit) {
            break;
        }
        flags = is_regional(right) ? flags + 1 : 0;
        left = right;
    }
    return cut;
}
