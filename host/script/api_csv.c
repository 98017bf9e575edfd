/* raw.csv: the table of a CSV file as lists of texts. */
#include "paper/csv.h"

#include "script/api.h"
#include "script/bind.h"

static void free_csv(void *csv)
{
    csv_free(csv);
}

static void push_row(lua_State *L, struct csv *csv, size_t row)
{
    size_t columns = csv_columns(csv, row);

    lua_createtable(L, (int)columns, 0);
    for (size_t column = 0; column < columns; column++) {
        lua_pushstring(L, csv_cell(csv, row, column));
        lua_rawseti(L, -2, (lua_Integer)column + 1);
    }
}

/* parse(bytes): rows, and the encoding it found. */
static int l_parse(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    struct loan *loan = bind_loan(L, free_csv);
    struct csv *csv;

    if (!csv_parse(bytes, length, &csv, &err)) {
        return bind_fail(L, &err);
    }
    loan->thing = csv;
    lua_createtable(L, (int)csv_rows(csv), 0);
    for (size_t row = 0; row < csv_rows(csv); row++) {
        push_row(L, csv, row);
        lua_rawseti(L, -2, (lua_Integer)row + 1);
    }
    lua_pushstring(L, csv_encoding(csv));
    bind_return(loan);
    return 2;
}

/* cell(text): one cell as it is written into a file that a spreadsheet will open. */
static int l_cell(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    struct buf *out = bind_bytes(L, CSV_FIELD_MAX);

    csv_write_cell(out, text);
    if (out->is_over) {
        return luaL_error(L, "the cell is too long");
    }
    lua_pushlstring(L, buf_text(out), out->length);
    bind_empty(out);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"cell", l_cell}, {"parse", l_parse}, {NULL, NULL}};

const struct api_module API_CSV = {"raw.csv", FUNCTIONS, API_TRUSTED, NULL};
