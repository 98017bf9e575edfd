/* The confined side. Frames in: {size, name of the sheet or nil}, then the bytes in pieces. Frames
   out: lists of rows {kind, line, cells…}, at the end a map with what the file tells of itself, or
   with the reason why there is none. */
#include "serve/reader.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "paper/sheet_file.h"
#include "script/confine.h"
#include "serve/reader_trial.h"

#define SPACE \
    ((size_t)768 * 1024 * 1024) /* of addresses: file, strings and rows, with room to grow */
#define BATCH ((size_t)256 * 1024)

struct batch {
    struct buf rows;
    struct buf frame;
    size_t count;
    size_t handed; /* rows in all */
};

static bool flush(struct batch *batch, struct err *err)
{
    bool ok;

    buf_reset(&batch->frame);
    codec_put_list(&batch->frame, batch->count);
    buf_add(&batch->frame, buf_text(&batch->rows), batch->rows.length);
    ok = pipe_send(CONFINE_FD, batch->frame.bytes, batch->frame.length, 0, err);
    buf_reset(&batch->rows);
    batch->count = 0;
    return ok;
}

static bool take(void *context, enum row_kind kind, const struct sheet_row *row, struct err *err)
{
    struct batch *batch = context;

    reader_trial_row(batch->handed++);
    codec_put_list(&batch->rows, row->columns + 2);
    codec_put_int(&batch->rows, kind);
    codec_put_int(&batch->rows, (int64_t)row->line);
    for (size_t column = 0; column < row->columns; column++) {
        const char *text = sheet_row_text(row, column);

        codec_put_string(&batch->rows, text, strlen(text));
    }
    batch->count++;
    return batch->rows.length < BATCH || flush(batch, err);
}

/* The question and the bytes of the file; the caller frees both. */
static bool receive(struct value **question, char **bytes, size_t *length, struct err *err)
{
    struct buf frame;
    struct codec_in in;
    size_t size = 0;
    size_t have = 0;
    bool ok;

    buf_init(&frame, PIPE_FRAME_MAX);
    ok = pipe_receive(CONFINE_FD, &frame, PIPE_FRAME_MAX, 0, err);
    if (ok) {
        codec_begin(&in, frame.bytes, frame.length);
        ok = codec_get_value(&in, question);
    }
    size = ok ? (size_t)value_int(value_at(*question, 0), 0) : 0;
    ok = ok && size <= SHEET_FILE_MAX;
    *bytes = ok ? mem_new(size + 1) : NULL;
    while (ok && have < size) {
        ok =
            pipe_receive(CONFINE_FD, &frame, PIPE_FRAME_MAX, 0, err) && frame.length <= size - have;
        if (ok) {
            memcpy(*bytes + have, buf_text(&frame), frame.length);
            have += frame.length;
        }
    }
    *length = have;
    buf_clear(&frame);
    return ok;
}

/* The last frame: what was read tells of itself, or {kind, refused}. */
static bool answer(struct value *told, const struct err *why)
{
    struct buf frame;
    bool ok;

    if (!told) {
        told = value_new_map();
        value_set_text(told, "refused", why->text);
        value_set_text(told, "why", err_kind_name(why->kind));
    }
    buf_init(&frame, PIPE_FRAME_MAX);
    codec_put_value(&frame, told);
    ok = pipe_send(CONFINE_FD, frame.bytes, frame.length, 0, NULL);
    buf_clear(&frame);
    value_free(told);
    return ok;
}

NO_RETURN void reader_run(int fd, bool is_loose)
{
    struct batch batch = {0};
    struct value *question = NULL;
    struct value *told = NULL;
    struct sheet_file file = {0};
    struct err err = {0};
    char *bytes = NULL;
    bool ok;

    sheet_file_prepare();
    setenv("TZ", CONFINE_ZONE, 1); /* archives carry dates, and libzip reads them */
    tzset();
    reader_trial_prepare();
    if (!confine_now(fd, SPACE, is_loose, &err)) {
        _exit(answer(NULL, &err) ? 0 : 1);
    }
    if (!receive(&question, &bytes, &file.length, &err)) {
        _exit(1);
    }
    buf_init(&batch.rows, PIPE_FRAME_MAX - 64); /* a batch and the longest row */
    buf_init(&batch.frame, PIPE_FRAME_MAX);
    file.bytes = bytes;
    file.name = value_text(value_at(question, 1));
    ok = sheet_file_read(&file, take, &batch, &told, &err) && flush(&batch, &err);
    value_free(ok ? NULL : told);
    _exit(answer(ok ? told : NULL, &err) ? 0 : 1);
}
