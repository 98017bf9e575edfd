/* Whole small files: read with a limit, written so that a crash leaves the old one or the new one.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define FOLDER_DEPTH 16
#define LIST_MAX 100000

/* What people meet most, in their language; the rest in the system's words. */
const char *file_reason(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return SAY("没有这个文件", "no such file");
    case EACCES:
    case EPERM:
        return SAY("没有权限", "no permission");
    case EROFS:
        return SAY("磁盘只读", "the disk is read-only");
    case ENOSPC:
        return SAY("磁盘已满", "the disk is full");
    case EISDIR:
        return SAY("是文件夹", "it is a folder");
    case ELOOP:
        return SAY("是符号链接", "it is a symbolic link");
    case ENAMETOOLONG:
        return SAY("路径太长", "the path is too long");
    case EEXIST:
        return SAY("已经存在", "it is there already");
    case EIO:
        return SAY("读写出错", "reading or writing failed");
    case EMFILE:
    case ENFILE:
        return SAY("打开的文件太多", "too many files are open");
    default:
        return strerror(number);
    }
}

static bool fail(const char *path, int number, struct err *err)
{
    enum err_kind kind = ERR_INTERNAL;

    if (number == ENOENT || number == ENOTDIR) {
        kind = ERR_MISSING;
    } else if (number == EACCES || number == EPERM || number == EROFS) {
        kind = ERR_DENIED;
    }
    err_set(err, kind, SAY("文件 %s：%s", "file %s: %s"), path, file_reason(number));
    return false;
}

/* Through a chunk of its own, since the ceiling of out may be the limit itself and one byte more
 * tells "too big". */
static bool read_bytes(int fd, size_t limit, struct buf *out)
{
    char chunk[16384];

    for (;;) {
        ssize_t count = read(fd, chunk, sizeof chunk);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count == 0;
        }
        buf_add(out, chunk, (size_t)count);
        if (out->is_over || out->length > limit) {
            errno = EFBIG;
            return false;
        }
    }
}

bool file_read(const char *path, size_t limit, struct buf *out, struct err *err)
{
    bool ok = false;
    struct stat info;
    /* Without O_NONBLOCK a named pipe would hold us up before fstat can refuse it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    buf_reset(out);
    if (fd < 0 || fstat(fd, &info) != 0) {
        fail(path, errno, err);
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        err_set(err, ERR_INVALID, SAY("%s 不是普通文件", "%s is not a regular file"), path);
        goto done;
    }
    if (info.st_size > (off_t)limit || !read_bytes(fd, limit, out)) {
        if (info.st_size > (off_t)limit || errno == EFBIG) {
            err_set(err, ERR_INVALID,
                    SAY("文件 %s 太大，上限为 %zu 字节", "file %s is over the limit of %zu bytes"),
                    path, limit);
        } else {
            fail(path, errno, err);
        }
        goto done;
    }
    ok = true;
done:
    if (!ok) {
        buf_reset(out);
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static bool write_bytes(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t count = write(fd, bytes, length);

        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        }
    }
    return true;
}

/* The folder that holds path, which the caller frees. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash) {
        return mem_text(".");
    }
    return slash == path ? mem_text("/") : mem_text_n(path, (size_t)(slash - path));
}

bool file_sync_folder(const char *path, struct err *err)
{
    char *folder = folder_of(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok) {
        fail(folder, errno, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    mem_free(folder);
    return ok;
}

/* A hidden name beside path, so that no listing by suffix takes it for the file. */
static char *temporary_name(const char *path)
{
    char *folder = folder_of(path);
    const char *slash = strrchr(path, '/');
    struct buf name;

    buf_init(&name, SIZE_MAX / 2);
    buf_add_format(&name, "%s/.%s.XXXXXX", folder, slash ? slash + 1 : path);
    mem_free(folder);
    return name.bytes; /* the caller frees what the buffer made */
}

bool file_write(const char *path, const void *bytes, size_t length, unsigned mode, struct err *err)
{
    bool ok = false;
    char *name = temporary_name(path);
    int fd = mkstemp(name);

    if (fd < 0) {
        fail(path, errno, err);
        goto done;
    }
    if (fchmod(fd, (mode_t)mode) != 0 || !write_bytes(fd, bytes, length) || fsync(fd) != 0 ||
        rename(name, path) != 0) {
        fail(path, errno, err);
        unlink(name);
        goto done;
    }
    ok = file_sync_folder(path, err);
done:
    if (fd >= 0) {
        close(fd);
    }
    mem_free(name);
    return ok;
}

bool file_reserve(const char *path, char **temporary, struct err *err)
{
    char *name = temporary_name(path);
    int fd = mkstemp(name);

    if (fd < 0) {
        fail(path, errno, err);
        mem_free(name);
        return false;
    }
    close(fd);
    *temporary = name;
    return true;
}

bool file_place(const char *temporary, const char *path, struct err *err)
{
    int fd = open(temporary, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0 && rename(temporary, path) == 0;

    if (!ok) {
        fail(path, errno, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok && file_sync_folder(path, err);
}

void file_drop(const char *temporary)
{
    unlink(temporary);
}

bool file_is_there(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0;
}

char *file_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    size_t rest = strlen(name);
    bool has_slash = length && folder[length - 1] == '/';
    char *path = mem_new(length + rest + 2);

    memcpy(path, folder, length);
    if (length && !has_slash) {
        path[length++] = '/';
    }
    memcpy(path + length, name, rest);
    return path;
}

struct list {
    char **names;
    size_t count;
    size_t room;
    const char *root;
    const char *suffix;
};

static void add_name(struct list *list, char *name)
{
    if (list->count + 1 >= list->room) {
        list->room = list->room ? list->room * 2 : 16;
        list->names = mem_resize(list->names, list->room * sizeof *list->names);
    }
    list->names[list->count++] = name;
    list->names[list->count] = NULL;
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    size_t tail = strlen(suffix);

    return length >= tail && strcmp(name + length - tail, suffix) == 0;
}

static bool walk(struct list *list, const char *inner, int depth, struct err *err);

/* Symbolic links are passed over: they could lead out of the folder, or in circles. */
static bool visit(struct list *list, const char *inner, const char *name, int depth,
                  struct err *err)
{
    char *relative = file_join(inner, name);
    char *path = file_join(list->root, relative);
    struct stat info;
    bool ok = true;

    if (lstat(path, &info) != 0) {
        ok = errno == ENOENT || fail(path, errno, err);
    } else if (S_ISDIR(info.st_mode) && depth > 0) {
        ok = walk(list, relative, depth - 1, err);
    } else if (S_ISREG(info.st_mode) && ends_in(name, list->suffix)) {
        add_name(list, relative);
        relative = NULL;
    }
    mem_free(path);
    mem_free(relative);
    return ok;
}

static bool walk(struct list *list, const char *inner, int depth, struct err *err)
{
    char *path = file_join(list->root, inner);
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool ok = true;

    if (!folder) {
        ok = errno == ENOENT || fail(path, errno, err);
        goto done;
    }
    while (ok && (entry = readdir(folder)) != NULL) {
        if (list->count >= LIST_MAX) {
            err_set(err, ERR_INVALID,
                    SAY("文件夹 %s 里的文件太多", "folder %s holds too many files"), list->root);
            ok = false;
        } else if (entry->d_name[0] !=
                   '.') { /* hidden: editors and version control keep theirs there */
            ok = visit(list, inner, entry->d_name, depth, err);
        }
    }
    closedir(folder);
done:
    mem_free(path);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

bool file_list(const char *folder, const char *suffix, bool deep, char ***out, struct err *err)
{
    struct list list = {.root = folder, .suffix = suffix};

    list.room = 16;
    list.names = mem_array(list.room, sizeof *list.names);
    if (!walk(&list, "", deep ? FOLDER_DEPTH : 0, err)) {
        file_list_free(list.names);
        return false;
    }
    qsort(list.names, list.count, sizeof *list.names, compare_names);
    *out = list.names;
    return true;
}

void file_list_free(char **list)
{
    for (char **name = list; name && *name; name++) {
        mem_free(*name);
    }
    mem_free(list);
}
