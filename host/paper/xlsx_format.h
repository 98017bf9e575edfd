/* Numbers of a workbook as the text that stands in the cell: days, times, codes with leading
   zeros. */
#ifndef DUBAN_XLSX_FORMAT_H
#define DUBAN_XLSX_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum format_kind {
    FORMAT_PLAIN,
    FORMAT_DAY,    /* 2026-03-05 */
    FORMAT_MONTH,  /* shown as a month of a year: 2026年3月, whatever day lies behind it */
    FORMAT_MOMENT, /* 2026-03-05 09:30; the day alone at midnight */
    FORMAT_TIME,   /* 09:30 */
    FORMAT_ZEROS   /* filled up with zeros to a width */
};

struct format {
    unsigned char kind;  /* enum format_kind */
    unsigned char width; /* of FORMAT_ZEROS */
};

/* What a format code of the workbook says, as yyyy"年"m"月"d"日" or [h]:mm or 000000. */
struct format format_of_code(const char *code);
/* What the ids below 164 mean in a Chinese workbook. */
struct format format_built_in(long id);

/* Appends the text of <v>: the bytes as they stand unless a format says otherwise. Days count from
   1900, with the 29 February 1900 that never was, or from 1904. */
void format_number(struct format format, bool is_1904, const char *text, struct buf *out);

#endif
