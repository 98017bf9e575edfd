/* A secret is read late, held in one place and wiped. Its value tree is the form adapters read, so
   the tree's own texts are what is wiped. */
#include "net/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#define NAMES_MAX 64

extern char **environ;

void secret_wipe(void *bytes, size_t length)
{
    volatile unsigned char *at = bytes;

    while (length--) {
        *at++ = 0;
    }
}

/* The texts inside a tree belong to it alone, so writing over them before they are freed is safe.
 */
static void wipe_tree(struct value *tree)
{
    for (size_t i = 0; i < value_count(tree); i++) {
        const struct value *child = value_at(tree, i);

        if (value_text(child)) {
            secret_wipe((void *)(uintptr_t)value_text(child), value_length(child));
        }
    }
    value_free(tree);
}

/* ---- the environment ---- */

struct secret_environment {
    struct value *texts;
};

/* Sentences need the language, and credentials their folder; the rest could steer a library. */
static bool is_kept(const char *name)
{
    static const char *const KEPT[] = {
        "DUBAN_LANG",   "LANG",
        "LC_ALL",       "LC_MESSAGES",
        "LC_CTYPE",     "TZ",
#ifdef DUBAN_TEST
        "DUBAN_CRASH",  "DUBAN_CRASH_LOG",
        "ASAN_OPTIONS",
#endif
    };

    for (size_t i = 0; i < COUNT_OF(KEPT); i++) {
        if (strcmp(name, KEPT[i]) == 0) {
            return true;
        }
    }
    return false;
}

struct secret_environment *secret_take_environment(void)
{
    struct secret_environment *taken = mem_new(sizeof *taken);
    char **kept = environ;

    taken->texts = value_new_map();
    for (char **at = environ; at && *at; at++) {
        char *equals = strchr(*at, '=');
        char *name = equals ? mem_text_n(*at, (size_t)(equals - *at)) : NULL;

        if (name && is_kept(name)) {
            *kept++ = *at;
        } else {
            if (name && equals[1]) {
                value_set_text(taken->texts, name, equals + 1);
            }
            secret_wipe(*at, strlen(*at));
        }
        mem_free(name);
    }
    if (kept) {
        *kept = NULL;
    }
    return taken;
}

void secret_free_environment(struct secret_environment *environment)
{
    if (environment) {
        wipe_tree(environment->texts);
        mem_free(environment);
    }
}

/* ---- the secrets of a channel ---- */

struct secrets {
    const struct secret_environment *environment;
    struct value *texts;
    struct value *forms; /* every way each of them may stand in a text, the longest first */
};

struct secrets *secrets_new(const struct secret_environment *environment)
{
    struct secrets *secrets = mem_new(sizeof *secrets);

    secrets->environment = environment;
    secrets->texts = value_new_map();
    secrets->forms = value_new_list();
    return secrets;
}

void secrets_free(struct secrets *secrets)
{
    if (secrets) {
        wipe_tree(secrets->texts);
        wipe_tree(secrets->forms);
        mem_free(secrets);
    }
}

const struct value *secrets_map(const struct secrets *secrets)
{
    return secrets->texts;
}

/* As a URL or a form carries it: upper-case hexadecimal, the unreserved bytes as they are. */
static void add_percent(const char *text, struct buf *out)
{
    static const char DIGITS[] = "0123456789ABCDEF";

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || strchr("-._~", c);

        if (is_plain) {
            buf_add_byte(out, c);
        } else {
            buf_add_byte(out, '%');
            buf_add_byte(out, (unsigned char)DIGITS[c >> 4]);
            buf_add_byte(out, (unsigned char)DIGITS[c & 15]);
        }
    }
}

static void add_form(struct value *forms, const char *text, size_t length)
{
    struct value *form = value_new_string(text, length);

    for (size_t i = 0; i < value_count(forms); i++) {
        if (value_is_equal(value_at(forms, i), form)) {
            value_free(form);
            return;
        }
    }
    value_push(forms, form);
}

/* Plain, percent-encoded and as JSON writes it without the quotes. */
static void add_forms(struct value *forms, const struct value *secret)
{
    struct buf form;

    buf_init(&form, SECRET_MAX * 7);
    add_form(forms, value_text(secret), value_length(secret));
    add_percent(value_text(secret), &form);
    add_form(forms, buf_text(&form), form.length);
    buf_reset(&form);
    json_write_string(value_text(secret), value_length(secret), &form);
    add_form(forms, form.bytes + 1, form.length - 2);
    secret_wipe(form.bytes, form.room);
    buf_clear(&form);
}

static void make_forms(struct secrets *secrets)
{
    wipe_tree(secrets->forms);
    secrets->forms = value_new_list();
    for (size_t i = 0; i < value_count(secrets->texts); i++) {
        add_forms(secrets->forms, value_at(secrets->texts, i));
    }
}

void secrets_put(struct secrets *secrets, const char *name, const char *text)
{
    const struct value *old = value_get(secrets->texts, name);

    if (value_text(old)) {
        secret_wipe((void *)(uintptr_t)value_text(old), value_length(old));
    }
    value_set_text(secrets->texts, name, text);
    make_forms(secrets);
}

static bool fail_file(const char *path, struct err *err)
{
    err_set(err, errno == ENOENT ? ERR_MISSING : ERR_DENIED,
            SAY("密钥文件 %s：%s", "secret file %s: %s"), path, file_reason(errno));
    return false;
}

/* Reads what only its owner and group may see. The bytes stand in room alone. */
static bool read_file(const char *path, char *room, size_t *length, struct err *err)
{
    struct stat info;
    bool ok = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t count;

    *length = 0;
    if (fd < 0 || fstat(fd, &info) != 0) {
        fail_file(path, err);
    } else if (!S_ISREG(info.st_mode)) {
        err_set(err, ERR_INVALID, SAY("密钥文件 %s 不是普通文件", "secret file %s is no file"),
                path);
    } else if (info.st_mode & (S_IROTH | S_IWOTH)) {
        err_set(err, ERR_DENIED,
                SAY("密钥文件 %s 人人可读写，请先 chmod o-rw",
                    "secret file %s is open to the world; "
                    "chmod o-rw it first"),
                path);
    } else {
        ok = true;
    }
    while (ok && *length <= SECRET_MAX) {
        count = read(fd, room + *length, SECRET_MAX + 1 - *length);
        if (count > 0) {
            *length += (size_t)count;
        } else if (count == 0) {
            break;
        } else if (errno != EINTR) {
            ok = fail_file(path, err);
        }
    }
    if (ok && *length > SECRET_MAX) {
        err_set(err, ERR_INVALID, SAY("密钥文件 %s 太大", "secret file %s is too big"), path);
        ok = false;
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static bool read_credential(const struct secrets *secrets, const char *name, char *room,
                            size_t *length, struct err *err)
{
    const char *folder = value_get_text(secrets->environment->texts, "CREDENTIALS_DIRECTORY");
    char *path;
    bool ok;

    if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        err_set(err, ERR_INVALID, SAY("凭据名“%s”不对", "\"%s\" is no name of a credential"), name);
        return false;
    }
    if (!folder) {
        err_set(err, ERR_MISSING,
                SAY("没有凭据 %s：duban 不是由 systemd 带凭据启动的",
                    "no credential %s: systemd did not start duban with credentials"),
                name);
        return false;
    }
    path = file_join(folder, name);
    ok = read_file(path, room, length, err);
    mem_free(path);
    return ok;
}

static bool read_variable(const struct secrets *secrets, const char *name, char *room,
                          size_t *length, struct err *err)
{
    const char *text = value_get_text(secrets->environment->texts, name);

    if (!text || strlen(text) > SECRET_MAX) {
        err_set(err, ERR_MISSING, SAY("环境变量 %s 没有设置", "environment variable %s is not set"),
                name);
        return false;
    }
    *length = strlen(text);
    memcpy(room, text, *length);
    return true;
}

static bool resolve(const struct secrets *secrets, const char *reference, char *room,
                    size_t *length, struct err *err)
{
    if (strncmp(reference, "file:", 5) == 0) {
        return read_file(reference + 5, room, length, err);
    }
    if (strncmp(reference, "env:", 4) == 0) {
        return read_variable(secrets, reference + 4, room, length, err);
    }
    if (strncmp(reference, "credential:", 11) == 0) {
        return read_credential(secrets, reference + 11, room, length, err);
    }
    err_set(err, ERR_INVALID, "%s",
            SAY("密钥要写成引用：file:路径、env:变量名 或 credential:凭据名",
                "a secret is written as a reference: file:PATH, env:NAME or credential:NAME"));
    return false;
}

bool secrets_add(struct secrets *secrets, const char *name, const char *reference, struct err *err)
{
    char *room = mem_new(SECRET_MAX + 1);
    size_t length = 0;
    bool ok = false;

    if (value_count(secrets->texts) >= NAMES_MAX) {
        err_set(err, ERR_INVALID, "%s", SAY("密钥太多", "too many secrets"));
        goto done;
    }
    if (!reference || !resolve(secrets, reference, room, &length, err)) {
        if (!reference) {
            err_set(err, ERR_INVALID, "%s", SAY("没有写引用", "no reference is given"));
        }
        err_add(err, "%s", name);
        goto done;
    }
    if (length && room[length - 1] == '\n') {
        length--;
        length -= length && room[length - 1] == '\r';
    }
    if (length == 0 || memchr(room, '\0', length)) {
        err_set(err, ERR_INVALID, SAY("%s：%s 是空的或不是文本", "%s: %s is empty or no text"),
                name, reference);
        goto done;
    }
    room[length] = '\0';
    secrets_put(secrets, name, room);
    ok = true;
done:
    secret_wipe(room, SECRET_MAX + 1);
    mem_free(room);
    return ok;
}

/* ---- cutting ---- */

/* Where the needle stands in the bytes from `from` on; length when nowhere. */
static size_t find(const char *bytes, size_t length, size_t from, const struct value *needle)
{
    size_t size = value_length(needle);

    while (length - from >= size) {
        const char *hit = memchr(bytes + from, value_text(needle)[0], length - from - size + 1);

        if (!hit) {
            break;
        }
        if (memcmp(hit, value_text(needle), size) == 0) {
            return (size_t)(hit - bytes);
        }
        from = (size_t)(hit - bytes) + 1;
    }
    return length;
}

static void swap(struct buf *a, struct buf *b)
{
    struct buf kept = *a;

    *a = *b;
    *b = kept;
}

/* Cuts a form of a secret out of *text, using *other as the second page. */
static void cut_form(const struct value *form, struct buf *text, struct buf *other)
{
    size_t at = 0;
    size_t hit = find(buf_text(text), text->length, 0, form);

    if (hit == text->length) {
        return;
    }
    buf_reset(other);
    while (hit < text->length) {
        buf_add(other, text->bytes + at, hit - at);
        buf_add_text(other, "***");
        at = hit + value_length(form);
        hit = find(text->bytes, text->length, at, form);
    }
    buf_add(other, text->bytes + at, text->length - at);
    swap(text, other);
}

static bool holds_any(const struct secrets *secrets, const char *text, size_t length)
{
    for (size_t i = 0; i < value_count(secrets->forms); i++) {
        if (find(text, length, 0, value_at(secrets->forms, i)) < length) {
            return true;
        }
    }
    return false;
}

/* The longest first, since one secret may be the beginning of another. */
static const struct value *next_shorter(const struct value *texts, const struct value *last)
{
    const struct value *best = NULL;
    bool is_past = false; /* of those as long as last, the ones behind it are still to come */

    for (size_t i = 0; i < value_count(texts); i++) {
        const struct value *one = value_at(texts, i);
        bool is_next = !last || value_length(one) < value_length(last) ||
                       (value_length(one) == value_length(last) && is_past);

        if (is_next && (!best || value_length(one) > value_length(best))) {
            best = one;
        }
        is_past = is_past || one == last;
    }
    return best;
}

bool secrets_cut(const struct secrets *secrets, const char *text, size_t length, struct buf *out)
{
    const struct value *form = NULL;
    struct buf page;
    struct buf other;

    if (!holds_any(secrets, text, length)) {
        return false;
    }
    buf_init(&page, SIZE_MAX);
    buf_init(&other, SIZE_MAX);
    buf_add(&page, text, length);
    while ((form = next_shorter(secrets->forms, form))) {
        cut_form(form, &page, &other);
    }
    buf_reset(out);
    buf_add(out, buf_text(&page), page.length);
    secret_wipe(other.bytes, other.room);
    buf_clear(&page);
    buf_clear(&other);
    return true;
}
