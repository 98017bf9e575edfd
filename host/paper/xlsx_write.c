/* Workbooks through libxlsxwriter in its mode of constant memory: rows go to a temporary file as
   they come. Every cell is a string but days and numbers that were asked for, so nothing can be a
   formula. */
#include "paper/sheet_write.h"

#include <stdlib.h>
#include <string.h>

#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"

#define FONT "仿宋"
#define FONT_SIZE 12
#define CHARACTERS_MAX 32767 /* of a cell */
#define LINES_MAX 1048576
#define WIDTH_MIN 8.0
#define WIDTH_MAX 48.0
#define NAME_WIDTH 28  /* of a sheet: 31 characters at most */
#define TEXT_FORMAT 49 /* "@": stays text when somebody edits it */

struct xlsx_writer {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head, *text, *day, *number;
    lxw_row_t row;
    lxw_col_t column;
    double *widths; /* CSV_COLUMNS_MAX of them */
};

static lxw_format *add_format(struct xlsx_writer *writer)
{
    lxw_format *format = workbook_add_format(writer->book);

    format_set_font_name(format, FONT);
    format_set_font_size(format, FONT_SIZE);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    format_set_border(format, LXW_BORDER_THIN);
    format_set_text_wrap(format);
    return format;
}

static void add_formats(struct xlsx_writer *writer)
{
    writer->head = add_format(writer);
    format_set_bold(writer->head);
    format_set_align(writer->head, LXW_ALIGN_CENTER);
    format_set_num_format_index(writer->head, TEXT_FORMAT);
    writer->text = add_format(writer);
    format_set_num_format_index(writer->text, TEXT_FORMAT);
    writer->day = add_format(writer);
    format_set_num_format(writer->day, "yyyy-mm-dd");
    writer->number = add_format(writer);
}

/* A name may not hold []:*?/\ nor begin or end with an apostrophe. */
static void add_sheet(struct xlsx_writer *writer, const char *title)
{
    char *name = mem_text_n(title, text_fit(title, NAME_WIDTH));

    for (char *at = name; *at; at++) {
        if (strchr("[]:*?/\\'", *at)) {
            *at = ' ';
        }
    }
    writer->sheet = workbook_add_worksheet(writer->book, *name ? name : NULL);
    if (!writer->sheet) {
        writer->sheet = workbook_add_worksheet(writer->book, NULL);
    }
    mem_free(name);
}

bool xlsx_writer_open(const char *path, const char *title, int64_t now, struct xlsx_writer **out,
                      struct err *err)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_doc_properties properties = {.title = (char *)(uintptr_t)title,
                                     .created = (time_t)(now / 1000)};
    struct xlsx_writer *writer = mem_new(sizeof *writer);

    writer->book = workbook_new_opt(path, &options);
    if (!writer->book) {
        mem_free(writer);
        err_set(err, ERR_INTERNAL, "%s", SAY("不能写表格文件", "the workbook cannot be written"));
        return false;
    }
    writer->widths = mem_array(CSV_COLUMNS_MAX, sizeof *writer->widths);
    add_sheet(writer, title);
    add_formats(writer);
    workbook_set_properties(writer->book, &properties);
    worksheet_freeze_panes(writer->sheet, 1, 0);
    worksheet_repeat_rows(writer->sheet, 0, 0);
    worksheet_set_landscape(writer->sheet);
    worksheet_set_paper(writer->sheet, 9); /* A4 */
    *out = writer;
    return true;
}

static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static bool is_digits(const char *text, size_t from, size_t to)
{
    return strspn(text + from, "0123456789") >= to - from;
}

/* Exactly as clock_format_day writes it, so that reading it again gives the same text. */
static bool is_day(const char *text, lxw_datetime *out)
{
    char again[12];
    int64_t day = 0;

    if (strlen(text) != 10 || !is_digits(text, 0, 4) || text[4] != '-' ||
        !clock_parse_day(text, &day, NULL)) {
        return false;
    }
    clock_format_day(day, again);
    *out = (lxw_datetime){.year = (int)strtol(text, NULL, 10),
                          .month = (int)strtol(text + 5, NULL, 10),
                          .day = (int)strtol(text + 8, NULL, 10)};
    /* Before March 1900 Excel counts a day that never was. */
    return strcmp(again, text) == 0 && (out->year > 1900 || (out->year == 1900 && out->month > 2));
}

static bool is_number(const char *text, double *out)
{
    char *end = NULL;

    *out = strtod(text, &end);
    return *text && end != text && *end == '\0' && strspn(text, "+-.0123456789") == strlen(text);
}

/* "_x0041_" in a text means a letter to every reader, so its first mark is written as one itself.
 */
static bool is_escape(const char *text)
{
    return strncmp(text, "_x", 2) == 0 && strspn(text + 2, "0123456789ABCDEFabcdef") >= 4 &&
           text[6] == '_';
}

/* What XML cannot hold is left out. The caller frees it. */
static char *clean(const char *text)
{
    char *plain = mem_text(text);
    struct buf out;

    text_clean(plain, ' ', "\n\t");
    buf_init(&out, 8 * CSV_FIELD_MAX);
    for (const char *at = plain; *at; at++) {
        if (is_escape(at)) {
            buf_add_text(&out, "_x005F");
        }
        buf_add_byte(&out, (unsigned char)*at);
    }
    mem_free(plain);
    return out.bytes; /* the caller frees what the buffer made */
}

static void widen(struct xlsx_writer *writer, const char *text)
{
    double width = 2.0;

    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        char *one = mem_text_n(at, length);
        double wanted = (double)text_width(one) * 1.2 + 2.0;

        width = wanted > width ? wanted : width;
        mem_free(one);
        at += length + (at[length] != '\0');
    }
    if (width > writer->widths[writer->column]) {
        writer->widths[writer->column] = width;
    }
}

bool xlsx_writer_put(struct xlsx_writer *writer, enum sheet_cell kind, const char *text,
                     struct err *err)
{
    lxw_format *format = writer->row ? writer->text : writer->head;
    lxw_error code = LXW_NO_ERROR;
    lxw_datetime day;
    double number;

    if (writer->column >= CSV_COLUMNS_MAX || writer->row >= LINES_MAX) {
        err_set(err, ERR_INVALID, "%s",
                SAY("行或列太多，表格放不下", "there are more rows or columns than a sheet holds"));
        return false;
    }
    if (count_characters(text) > CHARACTERS_MAX) {
        err_set(err, ERR_INVALID,
                SAY("第 %u 行第 %u 列超过 %d 字，.xlsx 放不下，请改用 .csv",
                    "line %u, column %u is over %d characters, too long for .xlsx: write a .csv"),
                (unsigned)writer->row + 1, (unsigned)writer->column + 1, CHARACTERS_MAX);
        return false;
    }
    widen(writer, text);
    if (writer->row && kind == SHEET_DAY && is_day(text, &day)) {
        code =
            worksheet_write_datetime(writer->sheet, writer->row, writer->column, &day, writer->day);
    } else if (writer->row && kind == SHEET_NUMBER && is_number(text, &number)) {
        code = worksheet_write_number(writer->sheet, writer->row, writer->column, number,
                                      writer->number);
    } else if (*text) {
        char *plain = clean(text);

        code = worksheet_write_string(writer->sheet, writer->row, writer->column, plain, format);
        mem_free(plain);
    } else {
        code = worksheet_write_blank(writer->sheet, writer->row, writer->column, format);
    }
    writer->column++;
    if (code != LXW_NO_ERROR) {
        err_set(err, ERR_INTERNAL, SAY("写表格失败：%s", "the workbook cannot be written: %s"),
                lxw_strerror(code));
    }
    return code == LXW_NO_ERROR;
}

void xlsx_writer_end_row(struct xlsx_writer *writer)
{
    writer->row++;
    writer->column = 0;
}

static void set_widths(struct xlsx_writer *writer)
{
    for (lxw_col_t column = 0; column < CSV_COLUMNS_MAX; column++) {
        double width = writer->widths[column];

        if (width > 0) {
            width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
            worksheet_set_column(writer->sheet, column, column, width, NULL);
        }
    }
}

bool xlsx_writer_close(struct xlsx_writer *writer, bool is_done, struct err *err)
{
    lxw_error code = LXW_NO_ERROR;

    if (!writer) {
        return true;
    }
    if (is_done) {
        set_widths(writer);
        code = workbook_close(writer->book);
    } else {
        lxw_workbook_free(writer->book);
    }
    mem_free(writer->widths);
    mem_free(writer);
    if (code != LXW_NO_ERROR) {
        err_set(err, ERR_INTERNAL, SAY("写表格失败：%s", "the workbook cannot be written: %s"),
                lxw_strerror(code));
    }
    return code == LXW_NO_ERROR;
}
