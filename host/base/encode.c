/* Bytes as text. Every form is written by hand: each is a dozen lines, and signatures depend on the
   last of their details. */
#include "base/encode.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void encode_base64(const void *bytes, size_t length, struct buf *out)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)at[i] << 16 | (left > 1 ? (uint32_t)at[i + 1] << 8 : 0) |
                         (left > 2 ? (uint32_t)at[i + 2] : 0);
        char four[4] = {LETTERS[group >> 18], LETTERS[group >> 12 & 63], LETTERS[group >> 6 & 63],
                        LETTERS[group & 63]};

        if (left < 3) {
            memset(four + left + 1, '=', 3 - left);
        }
        buf_add(out, four, sizeof four);
    }
}

/* The six bits of a letter, or -1. */
static int bits_of(char letter)
{
    const char *at = letter ? strchr(LETTERS, letter) : NULL;

    return at ? (int)(at - LETTERS) : -1;
}

/* Decodes four letters of which the last `padding` are '='; false when they are not base64. */
static bool read_group(const char four[static 4], size_t padding, unsigned char bytes[static 3])
{
    uint32_t group = 0;

    for (size_t i = 0; i < 4; i++) {
        int bits = i < 4 - padding ? bits_of(four[i]) : 0;

        if (bits < 0) {
            return false;
        }
        group = group << 6 | (uint32_t)bits;
    }
    bytes[0] = (unsigned char)(group >> 16);
    bytes[1] = (unsigned char)(group >> 8 & 255);
    bytes[2] = (unsigned char)(group & 255);
    /* Bits behind the last byte are zero, or two texts would mean the same bytes. */
    return !(padding >= 1 && bytes[2]) && !(padding == 2 && bytes[1]);
}

static size_t padding_of(const char *text, size_t length)
{
    if (length && text[length - 1] == '=') {
        return text[length - 2] == '=' ? 2 : 1;
    }
    return 0;
}

bool encode_unbase64(const char *text, size_t length, struct buf *out, struct err *err)
{
    size_t start = out->length;
    size_t padding = length % 4 ? 0 : padding_of(text, length);
    bool is_good = length % 4 == 0;

    for (size_t i = 0; is_good && i < length; i += 4) {
        unsigned char bytes[3];
        size_t here = i + 4 == length ? padding : 0;

        is_good = read_group(text + i, here, bytes);
        if (is_good) {
            buf_add(out, bytes, 3 - here);
        }
    }
    if (!is_good || out->is_over) {
        out->length = start;
        if (out->bytes) {
            out->bytes[start] = '\0';
        }
        err_set(err, ERR_INVALID, "%s", SAY("不是 base64 文本", "this is not base64 text"));
        return false;
    }
    return true;
}

static bool is_unreserved(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void encode_percent(const void *bytes, size_t length, struct buf *out)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++) {
        char three[3] = {'%', DIGITS[at[i] >> 4], DIGITS[at[i] & 15]};

        if (is_unreserved(at[i])) {
            buf_add_byte(out, at[i]);
        } else {
            buf_add(out, three, sizeof three);
        }
    }
}

void encode_hex(const void *bytes, size_t length, struct buf *out)
{
    static const char DIGITS[] = "0123456789abcdef";
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++) {
        char two[2] = {DIGITS[at[i] >> 4], DIGITS[at[i] & 15]};

        buf_add(out, two, sizeof two);
    }
}
