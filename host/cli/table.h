/* A table on the terminal, its columns aligned by what the characters really take up; the same rows
   become a list of maps under --json. */
#ifndef DUBAN_TABLE_H
#define DUBAN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/out.h"

#define COLUMN_BELOW SIZE_MAX        /* on a line of its own below the row, never cut */
#define COLUMN_HIDDEN (SIZE_MAX - 1) /* in JSON and in files, not on the screen */

struct column {
    const char *key; /* in JSON; NULL ends the list */
    const char *title_zh;
    const char *title_en;
    size_t width_max; /* 0: as wide as its widest cell; else cut with "…", or one of the above */
    bool is_right;    /* numbers */
};

struct table;

/* columns is kept by pointer: static const. */
struct table *table_new(const struct column *columns);
void table_free(struct table *table);
/* Cells from left to right; a row ends when its last column is filled. NULL is an empty cell, null
 * in JSON. */
void table_text(struct table *table, const char *text);
void table_paint(struct table *table, enum paint paint, const char *text);
/* A word of the program: shown to people as text, kept as word in JSON. */
void table_word(struct table *table, enum paint paint, const char *text, const char *word);
void table_int(struct table *table, int64_t number);
/* A number that is said in another way to people. */
void table_number(struct table *table, enum paint paint, const char *text, int64_t number);
/* An instant as "2026-09-28 10:30" for people, with seconds in JSON; a day as "2026-09-28". */
void table_instant(struct table *table, int64_t instant);
void table_day(struct table *table, int64_t day);
size_t table_rows(const struct table *table);
/* Headings and rows for people; without rows the sentence nothing (may be NULL). Nothing under
 * --json. */
void table_print(const struct table *table, const struct out *out, const char *nothing);
/* The same without headings, two columns in; and the first rows only (most), telling how many
 * others there are. */
void table_print_bare(const struct table *table, const struct out *out);
void table_print_most(const struct table *table, const struct out *out, size_t most);
/* The rows as a list of maps; the caller owns it. */
struct value *table_value(const struct table *table);
/* Both: prints, or puts the rows as the document. */
void table_show(const struct table *table, struct out *out, const char *nothing);
/* table_show, or with a path the rows into that .xlsx or .csv file, and a line that says so. */
MUST_USE bool table_give(const struct table *table, struct out *out, const char *path,
                         const char *nothing, struct err *err);
/* For the option tables of commands that call it. */
#define OPTION_FILE                                                          \
    {                                                                        \
        "o", "FILE", "写入 .xlsx 或 .csv 文件", "into an .xlsx or .csv file" \
    }

#endif
