/* raw.sheet: the rows of a file somebody handed in, read in this very process. */
#include "paper/sheet_file.h"

#include "base/codec.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/convert.h"

#define ROWS_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct gathered {
    struct buf *rows; /* in the codec, one behind the other */
    size_t count;
};

static void free_told(void *told)
{
    value_free(told);
}

/* {kind, line, cells…}: Lua is not asked before the reading is over, so nothing can raise. */
static bool take(void *context, enum row_kind kind, const struct sheet_row *row, struct err *err)
{
    static const char *const KINDS[ROW_KINDS] = {"above", "heading", "body"};
    struct gathered *gathered = context;

    codec_put_list(gathered->rows, row->columns + 2);
    codec_put_text(gathered->rows, KINDS[kind]);
    codec_put_int(gathered->rows, (int64_t)row->line);
    for (size_t column = 0; column < row->columns; column++) {
        codec_put_text(gathered->rows, sheet_row_text(row, column));
    }
    gathered->count++;
    if (gathered->rows->is_over) {
        err_set(err, ERR_INVALID, "the rows take more than %zu bytes", ROWS_BYTES_MAX);
    }
    return !gathered->rows->is_over;
}

/* read(bytes, name?): a list of {kind, line, cells…}, and what the file tells of itself. */
static int l_read(lua_State *L)
{
    struct err err = {0};
    struct sheet_file file = {.name = luaL_optstring(L, 2, NULL)};
    struct loan *loan = bind_loan(L, free_told);
    struct gathered gathered = {.rows = bind_bytes(L, ROWS_BYTES_MAX)};
    struct buf *whole = bind_bytes(L, ROWS_BYTES_MAX + 64);
    struct value *told;

    file.bytes = luaL_checklstring(L, 1, &file.length);
    if (!sheet_file_read(&file, take, &gathered, &told, &err)) {
        return bind_fail(L, &err);
    }
    loan->thing = told;
    codec_put_list(whole, gathered.count);
    buf_add(whole, buf_text(gathered.rows), gathered.rows->length);
    if (!convert_decode(L, buf_text(whole), whole->length, &err)) {
        return bind_fail(L, &err);
    }
    buf_reset(whole);
    codec_put_value(whole, told);
    if (!convert_decode(L, buf_text(whole), whole->length, &err)) {
        return bind_fail(L, &err);
    }
    bind_empty(gathered.rows);
    bind_empty(whole);
    bind_return(loan);
    return 2;
}

static const struct luaL_Reg FUNCTIONS[] = {{"read", l_read}, {NULL, NULL}};

const struct api_module API_SHEET = {"raw.sheet", FUNCTIONS, API_TRUSTED, NULL};
