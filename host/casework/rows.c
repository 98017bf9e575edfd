/* Texts and ids out of a row, with SQL NULL as "", NULL or 0, so that readers stay one line a
 * column. */
#include "casework/rows.h"

#include <string.h>

#include "base/mem.h"

void row_put(char *out, size_t size, const char *text)
{
    size_t length = 0;

    while (text && length < size && text[length]) {
        length++;
    }
    if (text && length == size) {
        /* What is cut must not keep half a character. */
        do {
            length--;
        } while (length && ((unsigned char)text[length] & 0xc0) == 0x80);
    }
    if (length) {
        memcpy(out, text, length);
    }
    out[length] = '\0';
}

void row_text(const struct stmt *stmt, int column, char *out, size_t size)
{
    row_put(out, size, stmt_text(stmt, column, NULL));
}

char *row_copy(const struct stmt *stmt, int column)
{
    return mem_text(stmt_text(stmt, column, NULL));
}

int64_t row_id(const struct stmt *stmt, int column)
{
    return stmt_is_null(stmt, column) ? 0 : stmt_int(stmt, column);
}

void *row_room(void *items, size_t count, size_t size)
{
    /* Full exactly at 0 and at the powers of two. */
    if ((count & (count - 1)) == 0) {
        return mem_resize(items, (count ? count * 2 : 1) * size);
    }
    return items;
}

bool row_ids(struct stmt *stmt, int64_t **ids, size_t *count, struct err *err)
{
    int64_t *list = NULL;
    size_t length = 0;

    for (;;) {
        bool has_row = false;

        if (!stmt_step(stmt, &has_row, err)) {
            mem_free(list);
            return false;
        }
        if (!has_row) {
            break;
        }
        if (!length || list[length - 1] != stmt_int(stmt, 0)) {
            list = row_room(list, length, sizeof *list);
            list[length++] = stmt_int(stmt, 0);
        }
    }
    *ids = list;
    *count = length;
    return true;
}
