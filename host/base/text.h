/* What the house knows about text for people: its language, UTF-8, and width on a terminal. */
#ifndef DUBAN_TEXT_H
#define DUBAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One language per message: Chinese under DUBAN_LANG=zh or a Chinese locale, else English. */
bool text_is_zh(void);
/* From now on messages of this process are in "zh" or "en": of one that speaks to many, one after
   the other. */
void text_speak(const char *language);
#define SAY(zh, en) (text_is_zh() ? (zh) : (en))

/* True when the bytes are well-formed UTF-8 without NUL (surrogates and overlong forms refused). */
bool text_is_utf8(const char *bytes, size_t length);
/* The character at *at, moving past it; 0 at the end. A broken byte counts as itself. */
uint32_t text_next(const char **at);
/* Columns on a terminal: CJK and full-width count 2, combining 0. */
size_t text_width(const char *text);
/* The longest prefix of at most `width` columns, in bytes; never splits a character. */
size_t text_fit(const char *text, size_t width);
/* Drops the bytes of a last character that lost its tail when the text was cut. */
void text_trim(char *text);
/* Makes text from outside harmless on a terminal, in place: every control character (C0, DEL, C1)
   but those in keep, and every mark that overrides the direction of writing, becomes `instead`; a
   broken byte becomes '?'. Trims first. Safe in a signal handler. */
void text_clean(char *text, char instead, const char *keep);
/* True when text_clean would change nothing of it: no control character, no mark of direction. */
bool text_is_plain(const char *text);
/* True when there is nothing to read in it: blanks of any width, line ends, no character. */
bool text_is_blank(const char *text);
/* A name or title as it is compared: spaces (also U+3000) dropped, full-width ASCII made
   half-width. The caller frees the copy. */
char *text_normal(const char *text);
/* True when the text carries a secrecy mark: 绝密/机密/秘密 (spaces between) followed by ★, or
   standing alone as the whole text under a label 密级 ("密级：秘密"). Bare words inside a sentence
   pass. */
bool text_is_classified(const char *text);

#endif
