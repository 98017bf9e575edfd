/* The shared strings: plain or in runs of differing fonts; how a word is read aloud is no part of
   it. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"
#include "paper/xlsx_book.h"
#include "paper/xlsx_xml.h"

struct strings {
    struct book *book;
    struct buf text; /* of the string that is being read */
    size_t room;
    size_t silent; /* depth inside rPh */
    bool is_text;  /* inside t */
};

static int hex_digit(char digit)
{
    static const char DIGITS[] = "0123456789ABCDEFabcdef";
    const char *at = digit ? strchr(DIGITS, digit) : NULL;
    int value = at ? (int)(at - DIGITS) : -1;

    return value > 15 ? value - 6 : value;
}

/* The character of "_x000D_"; -1 when it is none. */
static int escaped(const char *text, size_t length)
{
    int value = 0;

    if (length < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') {
        return -1;
    }
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(text[i]);

        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static void add_character(struct buf *out, int character)
{
    if (character == '\n' || character == '\t' || (character >= 0x20 && character < 0x7f)) {
        buf_add_byte(out, (unsigned char)character);
    } else if (character >= 0xa0 && character < 0x800) {
        buf_add_byte(out, (unsigned char)(0xc0 | character >> 6));
        buf_add_byte(out, (unsigned char)(0x80 | (character & 0x3f)));
    } else if (character >= 0x800 && (character < 0xd800 || character > 0xdfff)) {
        buf_add_byte(out, (unsigned char)(0xe0 | character >> 12));
        buf_add_byte(out, (unsigned char)(0x80 | (character >> 6 & 0x3f)));
        buf_add_byte(out, (unsigned char)(0x80 | (character & 0x3f)));
    }
}

void book_add_text(struct buf *out, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        int character = text[at] == '_' ? escaped(text + at, length - at) : -1;

        if (character >= 0) {
            add_character(out, character);
            at += 7;
        } else {
            unsigned char byte = (unsigned char)text[at++];

            if (byte >= 0x20 || byte == '\n' || byte == '\t') {
                buf_add_byte(out, byte);
            }
        }
    }
}

static bool on_start(void *context, const char *name, const char **attributes, struct err *err)
{
    struct strings *strings = context;

    (void)attributes;
    (void)err;
    if (strcmp(name, "rPh") == 0) {
        strings->silent++;
    } else if (strcmp(name, "si") == 0) {
        buf_reset(&strings->text);
    }
    strings->is_text = strcmp(name, "t") == 0 && strings->silent == 0;
    return true;
}

static bool on_text(void *context, const char *bytes, size_t length, struct err *err)
{
    struct strings *strings = context;

    if (strings->is_text) {
        buf_add(&strings->text, bytes, length);
    }
    if (strings->text.is_over) {
        err_set(err, ERR_INVALID,
                SAY("一格的字节太多（上限 %zu）", "a cell has too many bytes (the limit is %zu)"),
                CSV_FIELD_MAX);
    }
    return !strings->text.is_over;
}

static bool add_string(struct strings *strings, struct err *err)
{
    struct book *book = strings->book;

    if (book->string_count == BOOK_STRINGS_MAX) {
        err_set(err, ERR_INVALID,
                SAY("文字太多（上限 %d 条）", "there are too many texts (the limit is %d)"),
                BOOK_STRINGS_MAX);
        return false;
    }
    if (book->string_count == strings->room) {
        strings->room = strings->room ? strings->room * 2 : 1024;
        book->starts = mem_resize(book->starts, strings->room * sizeof *book->starts);
    }
    book->starts[book->string_count++] = (uint32_t)book->texts.length;
    book_add_text(&book->texts, buf_text(&strings->text), strings->text.length);
    buf_add_byte(&book->texts, '\0');
    return true;
}

static bool on_end(void *context, const char *name, struct err *err)
{
    struct strings *strings = context;

    strings->is_text = false;
    if (strcmp(name, "rPh") == 0 && strings->silent) {
        strings->silent--;
    }
    return strcmp(name, "si") != 0 || add_string(strings, err);
}

bool book_read_strings(struct book *book, struct err *err)
{
    static const struct xml_handler HANDLER = {on_start, on_end, on_text};
    struct strings strings = {.book = book};
    bool ok;

    buf_init(&book->texts, 2 * ZIP_UNPACKED_MAX);
    if (!book->strings_part) {
        return true;
    }
    buf_init(&strings.text, CSV_FIELD_MAX);
    ok = xml_read(book->box, book->strings_part, &HANDLER, &strings, err);
    buf_clear(&strings.text);
    return ok;
}
