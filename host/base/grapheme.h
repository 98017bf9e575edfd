/* Where a text may be cut without tearing what a reader sees as one character. */
#ifndef DUBAN_GRAPHEME_H
#define DUBAN_GRAPHEME_H

#include <stddef.h>

/* The longest prefix of at most `limit` bytes that ends between two graphemes: never inside a UTF-8
   character, before a combining mark, a variation selector or a skin tone, beside a joiner, inside
   a flag, a key cap, a Hangul syllable or a line's CR LF. A broken byte stands for itself. */
size_t grapheme_fit(const char *text, size_t length, size_t limit);

#endif
