/* Initials of Chinese names: which letters the readings of a character begin with. */
#ifndef DUBAN_PINYIN_H
#define DUBAN_PINYIN_H

enum pinyin_fit {
    PINYIN_NONE,
    PINYIN_INSIDE, /* the letters are those of characters somewhere in the name */
    PINYIN_BEGIN,  /* … of its first characters */
    PINYIN_WHOLE   /* … of all of them */
};

/* How letters (ASCII, any case) fit the name: "sjyt" fits 省教育厅. A character of several readings
   fits by each; letters and digits in the name stand for themselves; anything else is passed over.
 */
enum pinyin_fit pinyin_fit(const char *name, const char *letters);

#endif
