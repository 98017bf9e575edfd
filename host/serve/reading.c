/* The side that asks. Whatever comes over the pipe is hostile input: counted, checked, and thrown
   away as a whole when anything of it is wrong. */
#include "serve/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/pipe.h"
#include "base/text.h"
#include "paper/sheet_file.h"
#include "serve/zygote.h"

#define PIECE ((size_t)1024 * 1024)

struct reading {
    struct worker_link *link;
    struct reader_sheet *sheet;
    int64_t deadline;
    int64_t line; /* of the last row */
};

static int64_t wall_ms(void)
{
#ifdef DUBAN_TEST
    const char *wanted = getenv("DUBAN_READER_MS");

    if (wanted) {
        return strtol(wanted, NULL, 10);
    }
#endif
    return READER_MS;
}

/* The reader is gone, or had to go. */
static bool refuse_end(enum err_kind kind, struct err *err)
{
    if (kind == ERR_TIMEOUT) {
        err_set(err, ERR_TIMEOUT, "%s",
                SAY("读取超过时限，已停止，什么也没有读入；请拆成几个文件",
                    "reading took too long and was stopped; nothing was read: split the file"));
    } else {
        err_set(err, ERR_INVALID, "%s",
                SAY("读取表格的进程中途停止，什么也没有读入；文件可能已损坏，请在 WPS 或 Excel "
                    "中打开后另存为 .xlsx",
                    "the process that reads the sheet stopped half-way; nothing was read: the file "
                    "may be damaged, so open it in WPS or Excel and save it as .xlsx"));
    }
    return false;
}

static bool send_file(struct reading *reading, const struct buf *bytes, const char *name,
                      struct err *err)
{
    struct buf frame;
    bool ok;

    buf_init(&frame, PIPE_FRAME_MAX);
    codec_put_list(&frame, 2);
    codec_put_int(&frame, (int64_t)bytes->length);
    codec_put_text(&frame, name);
    /* What fails from here on is the reader's end, and its last words come next. */
    ok = worker_send(reading->link, &frame, reading->deadline, err);
    for (size_t at = 0; ok && at < bytes->length; at += PIECE) {
        buf_reset(&frame);
        buf_add(&frame, bytes->bytes + at, bytes->length - at < PIECE ? bytes->length - at : PIECE);
        ok = worker_send(reading->link, &frame, reading->deadline, err);
    }
    ok = ok || err->kind == ERR_MISSING || refuse_end(err->kind, err);
    buf_clear(&frame);
    return ok;
}

static bool refuse_protocol(struct err *err)
{
    err_set(err, ERR_INTERNAL, "%s",
            SAY("读取表格的进程答非所问，已停止，什么也没有读入",
                "the process that reads the sheet answered nonsense; nothing was read"));
    return false;
}

/* {kind, line, cells…}. Titles come first, then the header once, then the body, line after line. */
static bool take_row(struct reading *reading, struct codec_in *in, struct err *err)
{
    struct reader_sheet *sheet = reading->sheet;
    struct csv *csv;
    int64_t kind = 0;
    int64_t line = 0;
    size_t count = 0;

    if (!codec_get_list(in, &count) || count < 2 || !codec_get_int(in, &kind) ||
        !codec_get_int(in, &line) || line <= reading->line || line > UINT32_MAX || kind < 0 ||
        kind >= ROW_KINDS || (kind == ROW_BODY) != (csv_rows(sheet->rows) > 0)) {
        return refuse_protocol(err);
    }
    reading->line = line;
    csv = kind == ROW_ABOVE ? sheet->above : sheet->rows;
    if (!csv_add_row(csv, (size_t)line, err)) {
        return false;
    }
    for (size_t i = 2; i < count; i++) {
        const char *text;
        size_t length;

        if (!codec_get_string(in, &text, &length) || !text_is_utf8(text, length)) {
            return refuse_protocol(err);
        }
        if (!csv_add_cell(csv, text, length, err)) {
            return false;
        }
    }
    return true;
}

/* The last frame: the file's own words, or why there are none. */
static bool take_end(struct reading *reading, struct codec_in *in, struct err *err)
{
    struct value *told = NULL;
    const char *refused;

    if (!codec_get_value(in, &told) || !codec_is_done(in)) {
        value_free(told);
        return refuse_protocol(err);
    }
    refused = value_get_text(told, "refused");
    if (!refused) {
        reading->sheet->told = told;
        return true;
    }
    err_set(err, err_kind_named(value_get_text(told, "why") ? value_get_text(told, "why") : ""),
            "%s", refused);
    text_clean(err->text, ' ', "");
    value_free(told);
    return false;
}

static bool take_frame(struct reading *reading, const struct buf *frame, bool *is_over,
                       struct err *err)
{
    struct codec_in in;
    size_t count = 0;

    codec_begin(&in, frame->bytes, frame->length);
    *is_over = codec_peek(&in) == CODEC_MAP;
    if (*is_over) {
        return take_end(reading, &in, err);
    }
    if (!codec_get_list(&in, &count)) {
        return refuse_protocol(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!take_row(reading, &in, err)) {
            return false;
        }
    }
    return codec_is_done(&in) || refuse_protocol(err);
}

static bool receive_rows(struct reading *reading, struct err *err)
{
    struct buf frame;
    struct err why = {0};
    bool is_over = false;
    bool ok = true;

    buf_init(&frame, PIPE_FRAME_MAX);
    while (ok && !is_over) {
        ok = worker_receive(reading->link, &frame, reading->deadline, &why)
                 ? take_frame(reading, &frame, &is_over, err)
                 : refuse_end(why.kind, err);
    }
    buf_clear(&frame);
    return ok;
}

bool reader_read(struct zygote *zygote, const struct buf *bytes, const char *name,
                 struct reader_sheet *out, struct err *err)
{
    struct reading reading = {.sheet = out, .deadline = clock_steady() + wall_ms()};
    bool ok;

    *out = (struct reader_sheet){.rows = csv_new(), .above = csv_new()};
    if (!zygote_fork_reader(zygote, &reading.link, err)) {
        return false;
    }
    ok = send_file(&reading, bytes, name, err) && receive_rows(&reading, err);
    worker_end(reading.link, NULL);
    if (!ok) {
        reader_sheet_clear(out);
    }
    return ok;
}

void reader_sheet_clear(struct reader_sheet *sheet)
{
    csv_free(sheet->rows);
    csv_free(sheet->above);
    value_free(sheet->told);
    *sheet = (struct reader_sheet){0};
}
