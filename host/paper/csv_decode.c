/* Decoding: a mark at the start decides; else text that is UTF-8 is UTF-8; else it is GB18030,
   which WPS and Excel still write in China, unless it looks like UTF-8 that was damaged. One file,
   one encoding. */
#include "paper/csv_decode.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"

#define CHUNK ((size_t)65536)

static size_t lines_before(const char *bytes, size_t length)
{
    size_t lines = 1;

    for (size_t i = 0; i < length; i++) {
        lines += bytes[i] == '\n';
    }
    return lines;
}

static bool refuse(const char *encoding, size_t line, struct err *err)
{
    err_set(err, ERR_INVALID,
            SAY("第 %zu 行有不是 %s 文字的字节，请另存为“CSV UTF-8”",
                "line %zu holds bytes that are not %s text; save the file as \"CSV UTF-8\""),
            line, encoding);
    return false;
}

/* Where well-formed UTF-8 ends; also counts the longer characters before. */
static size_t good_prefix(const char *bytes, size_t length, size_t *characters)
{
    size_t at = 0;

    while (at < length) {
        unsigned char byte = (unsigned char)bytes[at];
        size_t size = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;

        if (byte && (size > length - at || !text_is_utf8(bytes + at, size))) {
            break;
        }
        *characters += size > 1;
        at += size;
    }
    return at;
}

/* Text in GB18030 has hardly a character that is UTF-8 by chance; a damaged file has nearly nothing
   else. */
static bool is_damaged_utf8(const char *bytes, size_t length)
{
    size_t characters = 0;
    size_t bad = 0;
    size_t at = 0;

    for (;;) {
        at += good_prefix(bytes + at, length - at, &characters);
        if (at >= length) {
            return characters > 4 * bad;
        }
        bad++;
        at++;
    }
}

void csv_decode_prepare(void)
{
    static const char *const ENCODINGS[] = {"GB18030", "UTF-16LE", "UTF-16BE"};

    for (size_t i = 0; i < COUNT_OF(ENCODINGS); i++) {
        iconv_t converter = iconv_open("UTF-8", ENCODINGS[i]);

        (void)converter; /* stays open, so that the C library keeps what it loaded */
    }
}

/* The output's lines are the input's, so they tell where it went wrong. */
static bool convert(const char *bytes, size_t length, const char *encoding, struct buf *out,
                    struct err *err)
{
    bool ok = false;
    iconv_t converter = iconv_open("UTF-8", encoding);
    char *from = (char *)bytes; /* iconv does not write there; its signature is older than const */
    char chunk[CHUNK];

    if (converter == (iconv_t)-1) {
        err_set(err, ERR_INTERNAL, SAY("本机不能解码 %s", "this machine cannot decode %s"),
                encoding);
        return false;
    }
    while (length) {
        char *to = chunk;
        size_t room = sizeof chunk;
        size_t result = iconv(converter, &from, &length, &to, &room);

        buf_add(out, chunk, sizeof chunk - room);
        if (result == (size_t)-1 && errno != E2BIG) {
            refuse(encoding, lines_before(buf_text(out), out->length), err);
            goto done;
        }
    }
    ok = true;
done:
    iconv_close(converter);
    return ok;
}

static bool refuse_nul(const char *text, size_t length, struct err *err)
{
    const char *nul = length ? memchr(text, '\0', length) : NULL;

    if (!nul) {
        return true;
    }
    err_set(err, ERR_INVALID,
            SAY("第 %zu 行有空字节（NUL），这不是文本文件",
                "line %zu holds a NUL byte: this is not a text file"),
            lines_before(text, (size_t)(nul - text)));
    return false;
}

static bool starts_with(const char *bytes, size_t length, const char *mark, size_t size)
{
    return length >= size && memcmp(bytes, mark, size) == 0;
}

static bool take_utf8(const char *bytes, size_t length, struct buf *out, struct err *err)
{
    size_t characters = 0;
    size_t good = good_prefix(bytes, length, &characters);

    if (good < length) {
        return refuse("UTF-8", lines_before(bytes, good), err);
    }
    buf_add(out, bytes, length);
    return true;
}

bool csv_decode(const char *bytes, size_t length, struct buf *out, const char **encoding,
                struct err *err)
{
    bool ok;

    if (starts_with(bytes, length, "PK\003\004", 4) ||
        starts_with(bytes, length, "\xd0\xcf\x11\xe0", 4)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("这是 Excel 工作簿，不是 CSV，请另存为 CSV",
                    "this is an Excel workbook, not CSV; save it as CSV"));
        return false;
    }
    if (starts_with(bytes, length, "\xef\xbb\xbf", 3)) {
        *encoding = "UTF-8";
        ok = take_utf8(bytes + 3, length - 3, out, err);
    } else if (starts_with(bytes, length, "\xff\xfe", 2)) {
        *encoding = "UTF-16LE";
        ok = convert(bytes + 2, length - 2, *encoding, out, err);
    } else if (starts_with(bytes, length, "\xfe\xff", 2)) {
        *encoding = "UTF-16BE";
        ok = convert(bytes + 2, length - 2, *encoding, out, err);
    } else if (!refuse_nul(bytes, length, err)) {
        return false;
    } else if (text_is_utf8(bytes, length) || is_damaged_utf8(bytes, length)) {
        *encoding = "UTF-8";
        ok = take_utf8(bytes, length, out, err);
    } else {
        *encoding = "GB18030";
        ok = convert(bytes, length, *encoding, out, err);
    }
    return ok && refuse_nul(buf_text(out), out->length, err);
}
