/* What the archive says of itself is a hint; what counts is what comes out of it. Parts nobody asks
   for are never unpacked, so archives inside archives stay closed. */
#include "paper/xlsx_zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zip.h>

#include "base/mem.h"
#include "base/text.h"

#define PIECE ((size_t)64 * 1024)
#define ENTRY_MARK "PK\001\002" /* of one part in the list at the end */

struct zip_box {
    zip_t *zip;
    unsigned char *is_counted; /* by part: its bytes are in unpacked already */
    size_t unpacked;
};

bool zip_box_damaged(const char *name, struct err *err)
{
    err_set(
        err, ERR_INVALID,
        SAY("文件已损坏或不完整（%s），请在 WPS 或 Excel 中打开后另存为 .xlsx",
            "the file is damaged or cut off (%s); open it in WPS or Excel and save it as .xlsx"),
        name);
    return false;
}

static bool refuse_locked(struct err *err)
{
    err_set(err, ERR_INVALID, "%s",
            SAY("文件有密码保护，请去掉密码后另存为 .xlsx",
                "the file is locked with a password; take it off and save it as .xlsx"));
    return false;
}

/* Counts before the library builds its list, whatever the archive claims the number to be. */
static bool has_few_parts(const char *bytes, size_t length, struct err *err)
{
    size_t count = 0;
    const char *end = bytes + length;

    for (const char *at = bytes; (at = memchr(at, *ENTRY_MARK, (size_t)(end - at))); at++) {
        count += end - at >= 4 && memcmp(at, ENTRY_MARK, 4) == 0;
    }
    if (count > ZIP_PARTS_MAX) {
        err_set(err, ERR_INVALID,
                SAY("压缩包里的部件太多（上限 %d），不像表格文件",
                    "the archive has too many parts (the limit is %d): hardly a sheet"),
                ZIP_PARTS_MAX);
    }
    return count <= ZIP_PARTS_MAX;
}

static bool leads_out(const char *name)
{
    if (*name == '/' || *name == '\\' || (*name && name[1] == ':')) {
        return true;
    }
    while (*name) {
        size_t length = strcspn(name, "/\\");

        if (length == 2 && name[0] == '.' && name[1] == '.') {
            return true;
        }
        name += length + (name[length] != '\0');
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names that a careless program would write outside, and two parts under one name, of which each
   program reads another. */
static bool has_good_names(struct zip_box *box, struct err *err)
{
    size_t count = (size_t)zip_get_num_entries(box->zip, 0);
    const char **names = mem_array(count + 1, sizeof *names);
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++) {
        names[i] = zip_get_name(box->zip, i, ZIP_FL_ENC_RAW);
        ok = names[i] && strlen(names[i]) <= ZIP_NAME_MAX;
        if (!ok) {
            zip_box_damaged(SAY("部件名称", "the name of a part"), err);
        } else if (leads_out(names[i])) {
            err_set(err, ERR_INVALID, "%s",
                    SAY("压缩包里有指向外面的路径，不予接收",
                        "the archive names a path outside of itself"));
            ok = false;
        }
    }
    if (ok) {
        qsort(names, count, sizeof *names, by_name);
    }
    for (size_t i = 1; ok && i < count; i++) {
        ok = strcasecmp(names[i - 1], names[i]) != 0 ||
             zip_box_damaged(SAY("部件重名", "two parts of one name"), err);
    }
    mem_free(names);
    return ok;
}

bool zip_box_open(const void *bytes, size_t length, struct zip_box **out, struct err *err)
{
    bool ok = false;
    struct zip_box *box = mem_new(sizeof *box);
    zip_source_t *source = NULL;
    zip_error_t why;

    zip_error_init(&why);
    if (!has_few_parts(bytes, length, err)) {
        goto done;
    }
    source = zip_source_buffer_create(bytes, length, 0, &why);
    box->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    if (!box->zip) {
        zip_box_damaged(SAY("压缩包", "the archive"), err);
        goto done;
    }
    source = NULL; /* the archive owns it now */
    if (zip_get_num_entries(box->zip, 0) > ZIP_PARTS_MAX) {
        zip_box_damaged(SAY("压缩包", "the archive"), err);
        goto done;
    }
    box->is_counted = mem_array((size_t)zip_get_num_entries(box->zip, 0) + 1, 1);
    if (!has_good_names(box, err)) {
        goto done;
    }
    *out = box;
    box = NULL;
    ok = true;
done:
    zip_source_free(source); /* accepts NULL */
    zip_error_fini(&why);
    zip_box_close(box);
    return ok;
}

void zip_box_close(struct zip_box *box)
{
    if (box) {
        if (box->zip) {
            zip_discard(box->zip);
        }
        mem_free(box->is_counted);
        mem_free(box);
    }
}

bool zip_box_has(struct zip_box *box, const char *name)
{
    return zip_name_locate(box->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW) >= 0;
}

static bool refuse_size(const char *name, struct err *err)
{
    err_set(err, ERR_INVALID,
            SAY("解开后超过 %zu MB（%s），请删去表尾的空行，或拆成几个文件",
                "unpacked it is over %zu MB (%s); delete the empty rows at its end, or split it"),
            ZIP_UNPACKED_MAX >> 20, name);
    return false;
}

/* What the archive says is refused before it is tried. */
static bool check_stat(const zip_stat_t *stat, const char *name, struct err *err)
{
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;

    if ((stat->valid & needed) != needed ||
        (stat->comp_method != ZIP_CM_STORE && stat->comp_method != ZIP_CM_DEFLATE)) {
        return zip_box_damaged(name, err);
    }
    if ((stat->valid & ZIP_STAT_ENCRYPTION_METHOD) && stat->encryption_method != ZIP_EM_NONE) {
        return refuse_locked(err);
    }
    return stat->size <= ZIP_UNPACKED_MAX || refuse_size(name, err);
}

/* The limits, on what really came out: size so far, of a part that took packed bytes. */
static bool check_growth(size_t before, size_t size, size_t packed, const char *name,
                         struct err *err)
{
    if (before + size > ZIP_UNPACKED_MAX) {
        return refuse_size(name, err);
    }
    if (size > ZIP_RATIO_FROM && size / ZIP_RATIO_MAX > packed) {
        err_set(err, ERR_INVALID,
                SAY("压缩包解开后膨胀过大（%s），不予接收",
                    "a part of the archive grows too much when it is unpacked (%s)"),
                name);
        return false;
    }
    return true;
}

static bool unpack(struct zip_box *box, zip_file_t *file, const zip_stat_t *stat, zip_take *take,
                   void *context, struct err *err)
{
    char *piece = mem_new(PIECE);
    size_t before = box->is_counted[stat->index] ? 0 : box->unpacked;
    size_t size = 0;
    bool is_over = false;
    bool ok = true;

    while (ok && !is_over) {
        zip_int64_t count = zip_fread(file, piece, PIECE);

        if (count < 0) {
            ok = zip_box_damaged(stat->name, err);
            break;
        }
        size += (size_t)count;
        is_over = count == 0;
        ok = check_growth(before, size, (size_t)stat->comp_size, stat->name, err) &&
             take(context, piece, (size_t)count, is_over, err);
    }
    box->unpacked += box->is_counted[stat->index] ? 0 : size;
    box->is_counted[stat->index] = 1;
    mem_free(piece);
    return ok;
}

bool zip_box_read(struct zip_box *box, const char *name, zip_take *take, void *context,
                  struct err *err)
{
    zip_int64_t index = zip_name_locate(box->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW);
    zip_file_t *file;
    zip_stat_t stat;
    bool ok;

    if (index < 0) {
        err_set(err, ERR_MISSING, SAY("文件里没有 %s", "the file holds no %s"), name);
        return false;
    }
    if (zip_stat_index(box->zip, (zip_uint64_t)index, ZIP_FL_ENC_RAW, &stat) != 0) {
        return zip_box_damaged(name, err);
    }
    if (!check_stat(&stat, name, err)) {
        return false;
    }
    file = zip_fopen_index(box->zip, (zip_uint64_t)index, 0);
    if (!file) {
        return zip_box_damaged(name, err);
    }
    ok = unpack(box, file, &stat, take, context, err);
    zip_fclose(file);
    return ok;
}
