/* Files that people hand in, read where a fault harms nothing: a process that the zygote forked,
   which holds nothing but its pipe. It gets the bytes over that pipe, not a descriptor: the lock is
   then the one of the workers, system call for system call, and a file that changes while it is
   read is read as it was. */
#ifndef DUBAN_READER_H
#define DUBAN_READER_H

#include <stdbool.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "paper/csv.h"

struct zygote;

#define READER_MS 60000 /* for a whole file */

/* The reader's own side: locks this process, reads one file, answers its rows in batches, ends. */
NO_RETURN void reader_run(int fd, bool is_loose);

/* What a file held. The header is row 0 of rows. */
struct reader_sheet {
    struct csv *rows;
    struct csv *above;  /* the titles above the header */
    struct value *told; /* kind, and of a workbook sheet, others, hidden: see paper/sheet_file.h */
};

/* Reads a file's bytes through a fresh reader. name is the sheet wanted, NULL for the first. On
   false nothing of the file is left; err is one sentence, whatever became of the reader. Embeds:
   reader_sheet_clear, also after failure. */
MUST_USE bool reader_read(struct zygote *zygote, const struct buf *bytes, const char *name,
                          struct reader_sheet *out, struct err *err);
void reader_sheet_clear(struct reader_sheet *sheet);

#endif
