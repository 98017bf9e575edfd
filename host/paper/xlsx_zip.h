/* The archive an .xlsx file is: its parts by name, unpacked in pieces under limits that no bomb
   gets past. */
#ifndef DUBAN_XLSX_ZIP_H
#define DUBAN_XLSX_ZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"

#define ZIP_PARTS_MAX 4096
#define ZIP_UNPACKED_MAX ((size_t)64 * 1024 * 1024) /* of all parts that are read, together */
#define ZIP_RATIO_MAX 300                           /* unpacked bytes to one packed */
#define ZIP_RATIO_FROM ((size_t)1024 * 1024)        /* below this many bytes any ratio is fine */
#define ZIP_NAME_MAX 512

struct zip_box;

/* Opens an archive that lies in memory and stays there. Refuses, in one sentence, what is cut off,
   locked, has too many parts, or parts whose names are double or lead out of a folder. */
MUST_USE bool zip_box_open(const void *bytes, size_t length, struct zip_box **out, struct err *err);
void zip_box_close(struct zip_box *box); /* accepts NULL */
/* Names are compared without regard to case, as the format has it. */
bool zip_box_has(struct zip_box *box, const char *name);

/* A piece of a part; false stops the reading, with err filled. */
typedef bool zip_take(void *context, const char *bytes, size_t length, bool is_last,
                      struct err *err);
/* Unpacks one part piece by piece, its checksum verified at the end. ERR_MISSING without it. */
MUST_USE bool zip_box_read(struct zip_box *box, const char *name, zip_take *take, void *context,
                           struct err *err);
/* The sentence for whatever is broken inside; always false. */
bool zip_box_damaged(const char *name, struct err *err);

#endif
