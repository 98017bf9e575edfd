/* Whole small files, and the folder of the library: read with a limit, written by rename. */
#ifndef DUBAN_FILE_H
#define DUBAN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* The bytes of a regular file, refused above limit; out is reset first. */
MUST_USE bool file_read(const char *path, size_t limit, struct buf *out, struct err *err);
/* Temporary name beside it, fsync, rename, fsync of the folder; mode like 0600. */
MUST_USE bool file_write(const char *path, const void *bytes, size_t length, unsigned mode,
                         struct err *err);
/* The same for a file that a library writes by its name: an empty one of mode 0600 beside path,
   whose name the caller frees; put in the place of path when it is whole, or dropped. */
MUST_USE bool file_reserve(const char *path, char **temporary, struct err *err);
MUST_USE bool file_place(const char *temporary, const char *path, struct err *err);
void file_drop(const char *temporary);
/* Makes a rename or a new file in the folder of path survive a power cut. */
MUST_USE bool file_sync_folder(const char *path, struct err *err);
/* Something bears the name, even a dangling link. */
bool file_is_there(const char *path);
/* "dir/name" in a fresh text the caller frees. */
char *file_join(const char *folder, const char *name);
/* The regular files below folder (recursive when deep) whose names end in suffix, relative to
   folder, sorted bytewise, as one NULL-terminated array; free with file_list_free. Hidden names and
   symbolic links are passed over. A folder that is not there gives none. */
MUST_USE bool file_list(const char *folder, const char *suffix, bool deep, char ***out,
                        struct err *err);
void file_list_free(char **list);
/* Why a call on a file failed, by its errno, in the language of the reader. */
const char *file_reason(int number);

#endif
