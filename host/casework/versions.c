/* Versions by content: each file a blob under its digest, the closure a map of names to digests,
   and the version the hash over that. What has the same hash is the same version, wherever it was
   published. */
#include "casework/versions.h"

#include <string.h>

#include "base/codec.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"

#define ABOUT_LIMIT ((size_t)4 * 1024 * 1024)
#define ID_LIMIT 64

static bool check_files(const struct version_content *content, struct err *err)
{
    bool has_main = false;

    if (content->file_count > VERSIONS_FILES) {
        err_set(err, ERR_INVALID,
                SAY("“%s”用了太多文件（最多 %d 个）", "\"%s\" uses too many files (at most %d)"),
                content->workflow, VERSIONS_FILES);
        return false;
    }
    for (size_t i = 0; i < content->file_count; i++) {
        const struct version_file *file = &content->files[i];

        has_main = has_main || strcmp(file->name, VERSIONS_MAIN) == 0;
        if (file->length > VERSIONS_FILE_LIMIT) {
            err_set(err, ERR_INVALID, SAY("文件“%s”超过 1 MB", "the file \"%s\" is over 1 MB"),
                    file->name);
            return false;
        }
        if (strlen(file->name) > 200 || !text_is_utf8(file->bytes, file->length)) {
            err_set(
                err, ERR_INVALID,
                SAY("文件“%.200s”不是有效的 UTF-8 文本", "the file \"%.200s\" is not valid UTF-8"),
                file->name);
            return false;
        }
    }
    if (!has_main) {
        err_set(err, ERR_INTERNAL,
                SAY("版本里没有脚本本身", "the version lacks the script itself"));
    }
    return has_main;
}

/* The code stands in case numbers: it stays with its workflow, and belongs to no other. */
static bool check_code(struct site *site, const char *workflow, const char *code, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store,
                   "SELECT v.workflow, v.code FROM versions AS v WHERE v.kind = 'workflow' AND "
                   "((v.workflow = $1 AND v.code <> $2) OR (v.workflow <> $1 AND v.code = $2)) AND "
                   "EXISTS (SELECT 1 FROM activations AS a WHERE a.version_id = v.version_id AND "
                   "a.status IN ('active', 'retired')) ORDER BY v.version_id LIMIT 1",
                   &stmt, err, "tt", workflow, code) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        err_set(err, ERR_CONFLICT,
                SAY("类代码“%s”不能用：流程“%s”用的是“%s”，代码写进了案号，不能改也不能共用",
                    "the code \"%s\" cannot be used: the workflow \"%s\" has \"%s\"; codes stand "
                    "in case "
                    "numbers, never change and are not shared"),
                code, stmt_text(stmt, 0, NULL), stmt_text(stmt, 1, NULL));
    }
    stmt_reset(stmt);
    return !has_row;
}

/* Cases stand under the id of a workflow: a job must not take it over, nor the other way round. */
static bool check_kind(struct site *site, const char *kind, const char *workflow, struct err *err)
{
    int64_t others = 0;
    bool is_job = strcmp(kind, "job") == 0;

    if (!store_one_int(site->store,
                       "SELECT COUNT(*) FROM versions AS v WHERE v.workflow = $1 AND v.kind <> $2 "
                       "AND EXISTS (SELECT 1 FROM activations AS a WHERE a.version_id = "
                       "v.version_id AND a.status IN ('active', 'retired'))",
                       &others, err, "tt", workflow, kind)) {
        return false;
    }
    if (others) {
        err_set(err, ERR_CONFLICT,
                is_job ? SAY("“%s”是一个流程的 id，任务不能用", "\"%s\" is the id of a workflow, "
                                                                "not of a job")
                       : SAY("“%s”是一个任务的 id，流程不能用", "\"%s\" is the id of a job, not "
                                                                "of a workflow"),
                workflow);
    }
    return others == 0;
}

bool version_check_id(struct site *site, const char *kind, const char *workflow, const char *code,
                      struct err *err)
{
    if (!*workflow || strlen(workflow) >= ID_LIMIT) {
        err_set(err, ERR_INVALID,
                SAY("脚本的 id 太长或为空", "the id of the script is empty or too long"));
        return false;
    }
    return check_kind(site, kind, workflow, err) &&
           (strcmp(kind, "workflow") != 0 || check_code(site, workflow, code, err));
}

static bool store_files(struct site *site, const struct version_content *content,
                        struct value *closure, struct err *err)
{
    for (size_t i = 0; i < content->file_count; i++) {
        const struct version_file *file = &content->files[i];
        unsigned char bytes[DIGEST_SIZE];
        char hex[DIGEST_HEX];

        digest_bytes(site->digest, file->bytes, file->length, bytes);
        digest_hex(bytes, hex);
        if (value_get(closure, file->name)) {
            err_set(err, ERR_INTERNAL, SAY("文件“%s”出现两次", "the file \"%s\" comes twice"),
                    file->name);
            return false;
        }
        value_set_text(closure, file->name, hex);
        if (!store_run(site->store,
                       "INSERT INTO blobs (digest, bytes) VALUES ($1, $2) "
                       "ON CONFLICT (digest) DO NOTHING",
                       NULL, err, "tb", hex, file->bytes, file->length)) {
            return false;
        }
    }
    return true;
}

/* A map is sorted by name, so this is the order of the hash. */
static void hash_closure(struct site *site, const struct value *closure,
                         char hash[static DIGEST_HEX])
{
    unsigned char bytes[DIGEST_SIZE];
    struct buf text;

    buf_init(&text, ABOUT_LIMIT);
    codec_put_list(&text, value_count(closure));
    for (size_t i = 0; i < value_count(closure); i++) {
        codec_put_list(&text, 2);
        codec_put_text(&text, value_key_at(closure, i));
        codec_put_text(&text, value_text(value_at(closure, i)));
    }
    digest_bytes(site->digest, text.bytes, text.length, bytes);
    digest_hex(bytes, hash);
    buf_clear(&text);
}

static bool write_version(struct site *site, const struct version_content *content,
                          const struct value *closure, const char *hash, struct err *err)
{
    bool ok = false;
    struct buf about;
    struct buf files;

    buf_init(&about, ABOUT_LIMIT);
    buf_init(&files, ABOUT_LIMIT);
    json_write(content->about, &about);
    json_write(closure, &files);
    if (about.is_over || files.is_over) {
        err_set(err, ERR_INVALID,
                SAY("脚本的说明太大", "the description of the script is too large"));
    } else {
        /* The same content may be described better by a newer library. */
        ok = store_run(site->store,
                       "INSERT INTO versions (hash, kind, workflow, title, code, closure, about) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7) "
                       "ON CONFLICT (hash) DO UPDATE SET about = excluded.about",
                       NULL, err, "ttttttt", hash, content->kind, content->workflow, content->title,
                       content->code, buf_text(&files), buf_text(&about));
    }
    buf_clear(&files);
    buf_clear(&about);
    return ok;
}

bool version_store(struct site *site, const struct version_content *content, int64_t *id,
                   char hash[static DIGEST_HEX], struct err *err)
{
    bool ok = false;
    struct value *closure = value_new_map();

    if (check_files(content, err) &&
        version_check_id(site, content->kind, content->workflow, content->code, err) &&
        store_files(site, content, closure, err)) {
        hash_closure(site, closure, hash);
        ok = write_version(site, content, closure, hash, err) &&
             store_one_int(site->store, "SELECT version_id FROM versions WHERE hash = $1", id, err,
                           "t", hash);
    }
    value_free(closure);
    return ok;
}

static bool take(struct stmt *stmt, struct version *out, struct err *err)
{
    bool ok = false;
    bool has_row = false;
    size_t length = 0;
    const char *closure;

    if (!stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有这个版本", "there is no such version"));
        return false;
    }
    closure = stmt_text(stmt, 6, &length);
    if (json_parse(closure, length, &out->closure, err)) {
        out->version_id = stmt_int(stmt, 0);
        row_text(stmt, 1, out->hash, sizeof out->hash);
        row_text(stmt, 2, out->kind, sizeof out->kind);
        out->workflow = row_copy(stmt, 3);
        out->title = row_copy(stmt, 4);
        out->code = row_copy(stmt, 5);
        out->about = row_copy(stmt, 7);
        ok = true;
    }
    stmt_reset(stmt);
    return ok;
}

bool version_get(struct site *site, int64_t id, struct version *out, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store,
                     "SELECT version_id, hash, kind, workflow, title, code, closure, about "
                     "FROM versions WHERE version_id = $1",
                     &stmt, err, "i", id) &&
           take(stmt, out, err);
}

bool version_by_hash(struct site *site, const char *hash, struct version *out, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store,
                     "SELECT version_id, hash, kind, workflow, title, code, closure, about "
                     "FROM versions WHERE hash = $1",
                     &stmt, err, "t", hash) &&
           take(stmt, out, err);
}

void version_clear(struct version *version)
{
    if (version) {
        mem_free(version->workflow);
        mem_free(version->title);
        mem_free(version->code);
        value_free(version->closure);
        mem_free(version->about);
        memset(version, 0, sizeof *version);
    }
}

/* The bytes under a digest, which must still be theirs. */
static bool read_blob(struct site *site, const char *digest, struct buf *out, struct err *err)
{
    bool has_row = false;
    size_t length = 0;
    const void *bytes;
    unsigned char sum[DIGEST_SIZE];
    char hex[DIGEST_HEX] = "";
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, "SELECT bytes FROM blobs WHERE digest = $1", &stmt, err, "t",
                   digest) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        bytes = stmt_blob(stmt, 0, &length);
        digest_bytes(site->digest, bytes, length, sum);
        digest_hex(sum, hex);
        buf_reset(out);
        buf_add(out, bytes, length);
    }
    stmt_reset(stmt);
    if (strcmp(hex, digest) != 0 || out->is_over) {
        err_set(
            err, ERR_INTERNAL,
            SAY("脚本内容缺失或已损坏（%s）", "the content of a script is missing or damaged (%s)"),
            digest);
        return false;
    }
    return true;
}

bool version_source(struct site *site, int64_t id, const char *name, struct buf *out,
                    struct err *err)
{
    bool ok = false;
    const char *digest;
    struct version version = {0};

    if (!version_get(site, id, &version, err)) {
        return false;
    }
    digest = value_get_text(version.closure, name);
    if (digest) {
        ok = read_blob(site, digest, out, err);
    } else {
        err_set(err, ERR_MISSING, SAY("版本里没有文件“%s”", "the version has no file \"%s\""),
                name);
    }
    version_clear(&version);
    return ok;
}

bool version_modules(struct site *site, int64_t id, struct value **out, struct err *err)
{
    bool ok = true;
    struct value *modules = NULL;
    struct version version = {0};
    struct buf bytes;

    if (!version_get(site, id, &version, err)) {
        return false;
    }
    buf_init(&bytes, VERSIONS_FILE_LIMIT + 1);
    modules = value_new_map();
    for (size_t i = 0; ok && i < value_count(version.closure); i++) {
        const char *name = value_key_at(version.closure, i);

        if (strcmp(name, VERSIONS_MAIN) != 0) {
            ok = read_blob(site, value_text(value_at(version.closure, i)), &bytes, err);
            value_set(modules, name, value_new_string(buf_text(&bytes), bytes.length));
        }
    }
    if (ok) {
        *out = modules;
        modules = NULL;
    }
    value_free(modules);
    buf_clear(&bytes);
    version_clear(&version);
    return ok;
}
