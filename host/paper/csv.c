/* CSV after RFC 4180. Cells are unquoted in place, one NUL behind each, for the text only gets
   shorter; a row remembers where its first cell stands, so a million rows cost little more than
   their text. */
#include "paper/csv.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/csv_decode.h"

struct line {
    uint32_t start; /* of its first cell in the text */
    uint32_t columns;
    uint32_t line;
};

struct csv {
    struct buf text;
    struct line *rows;
    size_t count;
    size_t room;
    const char *encoding;
    char separator;
    /* Where the last cell was found, for the next one to its right. */
    size_t seen_row;
    size_t seen_column;
    const char *seen_cell;
};

/* A cursor over the text: cells are read at `at` and written at `to`, which never overtakes it. */
struct reader {
    struct csv *csv;
    char *at;
    char *end;
    char *to;
    size_t line;
};

static bool refuse_limit(size_t line, const char *zh, const char *en, size_t limit, struct err *err)
{
    err_set(err, ERR_INVALID, SAY("第 %zu 行：%s（上限 %zu）", "line %zu: %s (the limit is %zu)"),
            line, SAY(zh, en), limit);
    return false;
}

/* The one that stands most often in the header, outside of quotes. */
static char find_separator(const char *text, size_t length)
{
    static const char MARKS[] = {',', '\t', ';'};
    size_t counts[sizeof MARKS] = {0};
    size_t best = 0;
    bool is_quoted = false;

    for (size_t i = 0; i < length && (is_quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        if (text[i] == '"') {
            is_quoted = !is_quoted;
        }
        for (size_t mark = 0; mark < sizeof MARKS && !is_quoted; mark++) {
            counts[mark] += text[i] == MARKS[mark];
        }
    }
    for (size_t mark = 1; mark < sizeof MARKS; mark++) {
        if (counts[mark] > counts[best]) {
            best = mark;
        }
    }
    return MARKS[best];
}

static bool is_line_end(const struct reader *reader)
{
    return reader->at == reader->end || *reader->at == '\n' || *reader->at == '\r';
}

static void skip_line_end(struct reader *reader)
{
    if (reader->at < reader->end && *reader->at == '\r') {
        reader->at++;
        if (reader->at < reader->end && *reader->at == '\n') {
            reader->at++;
        }
        reader->line++;
    } else if (reader->at < reader->end) {
        reader->at++;
        reader->line++;
    }
}

/* Copies a line break inside quotes as it stands, counting it once. */
static void copy_quoted_byte(struct reader *reader)
{
    char byte = *reader->at++;
    bool is_pair = byte == '\r' && reader->at < reader->end && *reader->at == '\n';

    reader->line += byte == '\n' || (byte == '\r' && !is_pair);
    *reader->to++ = byte;
}

static bool read_quoted(struct reader *reader, struct err *err)
{
    size_t opened = reader->line;

    reader->at++;
    for (;;) {
        if (reader->at == reader->end) {
            err_set(err, ERR_INVALID,
                    SAY("第 %zu 行开始的引号没有结束，文件可能不完整",
                        "the quote that opens on line %zu never ends; the file may be cut off"),
                    opened);
            return false;
        }
        if (*reader->at != '"') {
            copy_quoted_byte(reader);
        } else if (reader->end - reader->at > 1 && reader->at[1] == '"') {
            *reader->to++ = '"';
            reader->at += 2;
        } else {
            reader->at++;
            break;
        }
    }
    if (!is_line_end(reader) && *reader->at != reader->csv->separator) {
        err_set(
            err, ERR_INVALID,
            SAY("第 %zu 行：引号之后还有文字", "line %zu: there is text behind a closing quote"),
            reader->line);
        return false;
    }
    return true;
}

static bool read_cell(struct reader *reader, struct err *err)
{
    const char *start = reader->to;
    size_t line = reader->line;

    if (reader->at < reader->end && *reader->at == '"') {
        if (!read_quoted(reader, err)) {
            return false;
        }
    } else {
        while (!is_line_end(reader) && *reader->at != reader->csv->separator) {
            *reader->to++ = *reader->at++;
        }
    }
    return (size_t)(reader->to - start) <= CSV_FIELD_MAX ||
           refuse_limit(line, "一格的字节太多", "a cell has too many bytes", CSV_FIELD_MAX, err);
}

static void add_row(struct csv *csv, const struct line *row)
{
    if (csv->count == csv->room) {
        csv->room = csv->room ? csv->room * 2 : 64;
        csv->rows = mem_resize(csv->rows, csv->room * sizeof *csv->rows);
    }
    csv->rows[csv->count++] = *row;
}

static bool read_row(struct reader *reader, struct err *err)
{
    struct csv *csv = reader->csv;
    struct line row = {.start = (uint32_t)(reader->to - csv->text.bytes),
                       .line = (uint32_t)reader->line};
    bool has_more = true;

    if (csv->count == CSV_ROWS_MAX) {
        return refuse_limit(reader->line, "行数太多", "there are too many rows", CSV_ROWS_MAX, err);
    }
    while (has_more) {
        if (row.columns == CSV_COLUMNS_MAX) {
            return refuse_limit(row.line, "列数太多", "the row has too many columns",
                                CSV_COLUMNS_MAX, err);
        }
        if (!read_cell(reader, err)) {
            return false;
        }
        row.columns++;
        has_more = !is_line_end(reader);
        if (has_more) {
            reader->at++;
        } else {
            skip_line_end(reader);
        }
        *reader->to++ = '\0'; /* in the place of what was just passed, or of the text's own NUL */
    }
    add_row(csv, &row);
    return true;
}

static bool is_blank_row(const struct csv *csv, const struct line *row)
{
    const char *cell = csv->text.bytes + row->start;

    for (uint32_t column = 0; column < row->columns; column++) {
        size_t length = strlen(cell);

        if (strspn(cell, " \t") != length) {
            return false;
        }
        cell += length + 1;
    }
    return true;
}

static bool read_rows(struct csv *csv, struct err *err)
{
    struct reader reader = {.csv = csv, .line = 1};

    reader.at = csv->text.bytes;
    reader.end = csv->text.bytes + csv->text.length;
    reader.to = csv->text.bytes;
    while (reader.at < reader.end) {
        if (!read_row(&reader, err)) {
            return false;
        }
    }
    while (csv->count && is_blank_row(csv, &csv->rows[csv->count - 1])) {
        csv->count--;
    }
    return true;
}

bool csv_parse(const char *bytes, size_t length, struct csv **out, struct err *err)
{
    bool ok = false;
    struct csv *csv = NULL;

    if (length > CSV_BYTES_MAX) {
        err_set(err, ERR_INVALID, SAY("文件超过 %zu 字节", "the file is over %zu bytes"),
                CSV_BYTES_MAX);
        return false;
    }
    csv = mem_new(sizeof *csv);
    buf_init(&csv->text, 3 * CSV_BYTES_MAX); /* no encoding here grows by more than a half */
    if (!csv_decode(bytes, length, &csv->text, &csv->encoding, err)) {
        goto done;
    }
    csv->separator = find_separator(buf_text(&csv->text), csv->text.length);
    if (!read_rows(csv, err)) {
        goto done;
    }
    *out = csv;
    csv = NULL;
    ok = true;
done:
    csv_free(csv);
    return ok;
}

struct csv *csv_new(void)
{
    struct csv *csv = mem_new(sizeof *csv);

    buf_init(&csv->text, CSV_TEXT_MAX);
    csv->encoding = "UTF-8";
    return csv;
}

bool csv_add_row(struct csv *csv, size_t line, struct err *err)
{
    struct line row = {.start = (uint32_t)csv->text.length, .line = (uint32_t)line};

    if (csv->count == CSV_ROWS_MAX) {
        return refuse_limit(line, "行数太多", "there are too many rows", CSV_ROWS_MAX, err);
    }
    add_row(csv, &row);
    csv->seen_cell = NULL; /* the text may move */
    return true;
}

bool csv_add_cell(struct csv *csv, const char *text, size_t length, struct err *err)
{
    struct line *row = &csv->rows[csv->count - 1];

    if (row->columns == CSV_COLUMNS_MAX) {
        return refuse_limit(row->line, "列数太多", "the row has too many columns", CSV_COLUMNS_MAX,
                            err);
    }
    buf_add(&csv->text, text, length);
    buf_add_byte(&csv->text, '\0');
    row->columns++;
    return !csv->text.is_over || refuse_limit(row->line, "文件里的文字太多",
                                              "the file holds too much text", CSV_TEXT_MAX, err);
}

void csv_free(struct csv *csv)
{
    if (csv) {
        buf_clear(&csv->text);
        mem_free(csv->rows);
        mem_free(csv);
    }
}

size_t csv_rows(const struct csv *csv)
{
    return csv->count;
}

size_t csv_columns(const struct csv *csv, size_t row)
{
    return row < csv->count ? csv->rows[row].columns : 0;
}

const char *csv_cell(struct csv *csv, size_t row, size_t column)
{
    if (column >= csv_columns(csv, row)) {
        return "";
    }
    if (!csv->seen_cell || csv->seen_row != row || csv->seen_column > column) {
        csv->seen_row = row;
        csv->seen_column = 0;
        csv->seen_cell = csv->text.bytes + csv->rows[row].start;
    }
    while (csv->seen_column < column) {
        csv->seen_cell += strlen(csv->seen_cell) + 1;
        csv->seen_column++;
    }
    return csv->seen_cell;
}

/* The bytes of blank at the beginning of text. */
static size_t blank_at(const char *text)
{
    if (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n') {
        return 1;
    }
    return strncmp(text, "\xe3\x80\x80", 3) == 0 ? 3 : strncmp(text, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

bool csv_is_blank(const char *text)
{
    size_t skip;

    while ((skip = blank_at(text)) > 0) {
        text += skip;
    }
    return *text == '\0';
}

char *csv_trim(const char *text)
{
    size_t skip;
    size_t kept = 0;

    while ((skip = blank_at(text)) > 0) {
        text += skip;
    }
    for (size_t at = 0; text[at];) {
        skip = blank_at(text + at);
        at += skip ? skip : 1;
        kept = skip ? kept : at;
    }
    return mem_text_n(text, kept);
}

char *csv_trimmed(struct csv *csv, size_t row, size_t column)
{
    return csv_trim(csv_cell(csv, row, column));
}

size_t csv_line(const struct csv *csv, size_t row)
{
    return row < csv->count ? csv->rows[row].line : 0;
}

const char *csv_encoding(const struct csv *csv)
{
    return csv->encoding;
}
