/* Did you mean …: counts edits (insert, drop, change, swap) between short words. */
#include "base/nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WORD_MAX 63

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The signs of a word, each of one to four bytes; false when there are too many. */
static bool signs_of(const char *word, uint32_t signs[static WORD_MAX], size_t *count)
{
    *count = 0;
    for (const char *at = word; *at; at++) {
        unsigned char byte = (unsigned char)*at;

        if (*count && (byte & 0xC0) == 0x80) {
            signs[*count - 1] = signs[*count - 1] << 8 | byte;
        } else if (*count == WORD_MAX) {
            return false;
        } else {
            signs[(*count)++] = byte;
        }
    }
    return true;
}

static size_t distance_of(const char *one, const char *other)
{
    size_t rows[3][WORD_MAX + 1];
    uint32_t a[WORD_MAX];
    uint32_t b[WORD_MAX];
    size_t a_length;
    size_t b_length;

    if (!signs_of(one, a, &a_length) || !signs_of(other, b, &b_length)) {
        return WORD_MAX;
    }
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *before = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] =
                least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

void nearest_begin(struct nearest *nearest, const char *word)
{
    uint32_t signs[WORD_MAX];
    size_t count;

    (void)signs_of(word, signs, &count);
    *nearest = (struct nearest){.word = word, .distance = 1 + count / 3};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
    size_t distance = distance_of(nearest->word, word);

    /* the beginning of a long word counts as near, whatever is missing behind it */
    if (strlen(nearest->word) >= 3 && strncmp(word, nearest->word, strlen(nearest->word)) == 0) {
        distance = 1;
    }
    if (distance < nearest->distance || (distance == nearest->distance && !nearest->best)) {
        nearest->best = word;
        nearest->distance = distance;
    }
}
