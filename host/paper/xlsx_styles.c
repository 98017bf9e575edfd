/* The styles of cells, of which only the number format matters here. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/xlsx_book.h"
#include "paper/xlsx_xml.h"

#define OWN_FORMATS_MAX 4096

struct own {
    long id;
    struct format format;
};

struct styles {
    struct book *book;
    struct own *own; /* formats that the workbook defines */
    size_t own_count;
    bool is_cells; /* inside cellXfs */
};

static struct format find(const struct styles *styles, long id)
{
    for (size_t i = styles->own_count; i > 0; i--) {
        if (styles->own[i - 1].id == id) {
            return styles->own[i - 1].format;
        }
    }
    return format_built_in(id);
}

static bool refuse_many(struct err *err)
{
    err_set(err, ERR_INVALID, "%s", SAY("单元格样式太多", "there are too many styles of cells"));
    return false;
}

static bool on_start(void *context, const char *name, const char **attributes, struct err *err)
{
    struct styles *styles = context;
    struct book *book = styles->book;
    const char *code = xml_attribute(attributes, "formatCode");

    if (strcmp(name, "cellXfs") == 0) {
        styles->is_cells = true;
    } else if (strcmp(name, "numFmt") == 0 && code) {
        if (styles->own_count == OWN_FORMATS_MAX) {
            return refuse_many(err);
        }
        styles->own[styles->own_count++] =
            (struct own){xml_number(attributes, "numFmtId", -1), format_of_code(code)};
    } else if (strcmp(name, "xf") == 0 && styles->is_cells) {
        if (book->format_count == BOOK_STYLES_MAX) {
            return refuse_many(err);
        }
        book->formats[book->format_count++] = find(styles, xml_number(attributes, "numFmtId", 0));
    }
    return true;
}

static bool on_end(void *context, const char *name, struct err *err)
{
    struct styles *styles = context;

    (void)err;
    styles->is_cells = styles->is_cells && strcmp(name, "cellXfs") != 0;
    return true;
}

bool book_read_styles(struct book *book, struct err *err)
{
    static const struct xml_handler HANDLER = {.start = on_start, .end = on_end};
    struct styles styles = {.book = book};
    bool ok;

    if (!book->styles_part) {
        return true;
    }
    book->formats = mem_array(BOOK_STYLES_MAX, sizeof *book->formats);
    styles.own = mem_array(OWN_FORMATS_MAX, sizeof *styles.own);
    ok = xml_read(book->box, book->styles_part, &HANDLER, &styles, err);
    mem_free(styles.own);
    return ok;
}
