/* Opens what a command works in, in the one order that is safe: library, zygote, store, keeper,
 * actor. */
#include "cli/house.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/conf.h"
#include "casework/registry.h"
#include "cli/faces.h"
#include "cli/form.h"
#include "serve/courier_link.h"
#include "serve/keeper.h"
#include "serve/zygote.h"

#ifndef DUBAN_PREFIX
#define DUBAN_PREFIX "/usr/local"
#endif

#define ATTACHMENT_MAX ((size_t)64 * 1024 * 1024)
#define COURIER_GRACE_MS 2000
#define SCRIPT_MAX ((size_t)1024 * 1024)

void house_begin(struct house *house)
{
    *house = (struct house){
        .globals = {.dir = "."}, .lang = text_is_zh() ? "zh" : "en", .pages = value_new_map()};
}

void house_lend(const struct house *lender, struct house *guest)
{
    *guest = (struct house){.globals = {.dir = lender->globals.dir},
                            .lang = text_is_zh() ? "zh" : "en",
                            .library = lender->library,
                            .zygote = lender->zygote,
                            .courier = lender->courier,
                            .site = lender->site,
                            .keeper = lender->keeper,
                            .pages = lender->pages,
                            .is_guest = true};
}

void house_leave(struct house *house)
{
    if (!house->is_guest) {
        keeper_close(house->keeper);
        site_close(house->site);
    }
    house->keeper = NULL;
    house->site = NULL;
}

void house_end(struct house *house)
{
    house_leave(house);
    if (!house->is_guest) {
        courier_stop(house->courier, COURIER_GRACE_MS);
        zygote_stop(house->zygote);
        mem_free(house->library);
        value_free(house->pages);
    }
    house->courier = NULL;
    house->zygote = NULL;
    house->pages = NULL;
    out_clear(&house->out);
    mem_free(house->recorder);
    mem_free(house->person);
    mem_free(house->office);
    value_free(house->attached);
    house->attached = NULL;
    house->library = house->recorder = house->person = house->office = NULL;
}

static bool is_library(const char *folder)
{
    char *schema = file_join(folder, "schema/sqlite/0001_site.sql");
    char *scripts = file_join(folder, "scripts/engine/service.lua");
    bool is_there = file_is_there(schema) && file_is_there(scripts);

    mem_free(schema);
    mem_free(scripts);
    return is_there;
}

/* build/duban has the library in "..", build/test/duban in "../..", PREFIX/bin/duban in
   "../share/duban". */
static char *library_beside(const char *program)
{
    char *folder = mem_text(program);
    char *path = NULL;
    char *installed;
    char *slash;

    for (int level = 0; level < 3 && !path; level++) {
        slash = strrchr(folder, '/');
        if (!slash) {
            break;
        }
        *slash = '\0';
        installed = file_join(folder, "share/duban");
        if (level > 0 && (is_library(folder) || is_library(installed))) {
            path = mem_text(is_library(folder) ? folder : installed);
        }
        mem_free(installed);
    }
    mem_free(folder);
    return path;
}

bool house_library(struct house *house, struct err *err)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    if (house->library) {
        return true;
    }
    if (length > 0) {
        program[length] = '\0';
        house->library = library_beside(program);
    }
    if (!house->library && is_library(DUBAN_PREFIX "/share/duban")) {
        house->library = mem_text(DUBAN_PREFIX "/share/duban");
    }
    if (!house->library) {
        err_set(err, ERR_MISSING,
                SAY("找不到程序库：程序旁与 %s/share/duban 都没有 scripts 与 schema，请重新安装",
                    "the library is missing: neither beside the program nor in %s/share/duban are "
                    "scripts and schema; install again"),
                DUBAN_PREFIX);
        return false;
    }
    return true;
}

bool house_has_site(const struct house *house)
{
    char *path = file_join(house->globals.dir, SITE_DATABASE);
    bool is_there = file_is_there(path);

    mem_free(path);
    return is_there;
}

bool house_start(struct house *house, struct err *err)
{
    struct zygote_options options = {0};
    struct conf conf = {0};

    if (house->zygote) {
        return true;
    }
    if (house->site) {
        err_set(err, ERR_INTERNAL, "%s",
                SAY("数据库已打开，不能再启动脚本进程", "the store is open already"));
        return false;
    }
    if (!house_library(house, err)) {
        return false;
    }
    if (house_has_site(house)) {
        if (!conf_read(house->globals.dir, &conf, err)) {
            return false;
        }
        options.is_loose = !conf.is_confinement_required;
        conf_clear(&conf);
    }
    options.library = house->library;
    return zygote_start(&options, &house->zygote, err);
}

bool house_courier(struct house *house, struct err *err)
{
    struct courier_options options = {0};
    struct conf conf = {0};
    bool ok;

    if (house->courier) {
        return true;
    }
    if (house->site || house->zygote) {
        err_set(err, ERR_INTERNAL, "%s",
                SAY("数据库或脚本进程已启动，不能再启动信使",
                    "the courier is started before everything else"));
        return false;
    }
    if (house_has_site(house) && !conf_read(house->globals.dir, &conf, err)) {
        return false;
    }
    options.channels = conf.channels;
    ok = courier_start(&options, &house->courier, err);
    conf_clear(&conf);
    return ok;
}

static bool choose_office(struct house *house, struct err *err)
{
    struct office office;

    if (house->office) {
        return true;
    }
    if (house->globals.office
            ? !registry_office_find(house->site, house->globals.office, &office, err)
            : !registry_office(house->site, house->site->office_id, &office, err)) {
        return false;
    }
    house->office_id = office.office_id;
    house->office = mem_text(office.code);
    return true;
}

static bool open_site(struct house *house, enum store_mode mode, struct err *err)
{
    if (!house->site && (!house_library(house, err) ||
                         !site_open(house->globals.dir, house->library, mode, &house->site, err))) {
        return false;
    }
    return choose_office(house, err);
}

/* Without a zygote there is nobody to ask, hence no keeper. */
static bool open_keeper(struct house *house, struct err *err)
{
    return house->keeper || !house->zygote ||
           keeper_open(house->site, house->zygote, &house->keeper, err);
}

bool house_read(struct house *house, struct err *err)
{
    return open_site(house, STORE_READ, err) && open_keeper(house, err);
}

bool house_write(struct house *house, const struct args *args, struct err *err)
{
    return house_start(house, err) && open_site(house, STORE_WRITE, err) &&
           open_keeper(house, err) && house_who(house, args, err);
}

bool house_keep(struct house *house, int lock, struct err *err)
{
    return house_start(house, err) &&
           site_open_under(house->globals.dir, house->library, lock, &house->site, err) &&
           choose_office(house, err) && open_keeper(house, err);
}

static bool find_account(struct house *house, struct err *err)
{
    const struct face *known;
    struct face face = {.office_id = 0};

    if (!house->is_guest) {
        return registry_account_current(house->site, &house->account, err);
    }
    known = house->faces ? faces_find(house->faces, house->os_user, NULL, 0) : NULL;
    if (known) {
        house->account = known->account;
        return true;
    }
    if (!registry_account_of(house->site, house->os_user, &house->account, err)) {
        return false;
    }
    face.account = house->account;
    if (house->faces) {
        faces_keep(house->faces, house->os_user, NULL, &face);
    }
    return true;
}

bool house_account(struct house *house, struct err *err)
{
    return house->account.account_id || find_account(house, err);
}

/* The person of --by, or of the account; person_id 0 when there is none. */
static bool find_person(struct house *house, const char *by, struct person *out, struct err *err)
{
    const struct face *known =
        house->faces ? faces_find(house->faces, house->os_user, by, house->office_id) : NULL;
    struct face face = {.office_id = house->office_id};

    if (known) {
        *out = known->person;
        return true;
    }
    if (by ? !registry_person_find(house->site, house->office_id, by, out, err)
           : house->account.person_id &&
                 !registry_person(house->site, house->account.person_id, out, err)) {
        return false;
    }
    face.person = *out;
    if (house->faces) {
        faces_keep(house->faces, house->os_user, by, &face);
    }
    return true;
}

bool house_who(struct house *house, const struct args *args, struct err *err)
{
    const struct account *account = &house->account;
    struct person person = {0};

    if (house->who && house->who == args) {
        return true; /* commands that act and then look ask twice */
    }
    if (!house_account(house, err) ||
        !find_person(house, args ? args_get(args, "by") : NULL, &person, err)) {
        return false;
    }
    house->own_id = account->person_id;
    mem_free(house->recorder);
    mem_free(house->person);
    house->recorder = mem_text(account->name);
    house->person = person.person_id ? mem_text(person.code) : NULL;
    house->actor = (struct actor){.account_id = account->account_id,
                                  .recorder = house->recorder,
                                  .person_id = person.person_id,
                                  .person = house->person,
                                  .own_id = account->person_id};
    house->key = args ? args_get(args, "key") : NULL;
    if (house->key &&
        !form_refuse_classified(house, NULL, house->key, SAY("键值", "the key"), err)) {
        return false;
    }
    house->who = args;
    return true;
}

void house_act(struct house *house, const char *name, const char *object,
               const struct value *content, struct act *act)
{
    *act = (struct act){.office_id = house->office_id,
                        .office = house->office,
                        .key = house->key,
                        .name = name,
                        .object = object,
                        .actor = &house->actor};
    act_digest(house->site, act, content);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool refuse_classified(const char *path, struct err *err)
{
    err_set(err, ERR_DENIED,
            SAY("%s 带有密级标志，涉密内容不得录入本系统，请按保密规定办理",
                "%s carries a secrecy mark; such content must not enter this system"),
            path);
    return false;
}

static bool keep_blob(struct house *house, const struct buf *bytes, const char *digest,
                      struct err *err)
{
    int64_t is_there = 0;

    if (!store_one_int(house->site->store, "SELECT COUNT(*) FROM blobs WHERE digest = $1",
                       &is_there, err, "t", digest)) {
        return false;
    }
    if (!is_there) {
        if (!house->attached) {
            house->attached = value_new_list();
        }
        value_push(house->attached, value_new_text(digest));
    }
    return store_run(
        house->site->store,
        "INSERT INTO blobs (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING", NULL,
        err, "tb", digest, bytes->length ? bytes->bytes : "", bytes->length);
}

bool house_file(const struct house *house, const char *path, size_t limit, struct buf *out,
                struct err *err)
{
    const struct value *found;

    if (!house->is_guest) {
        return file_read(path, limit, out, err);
    }
    found = value_get(house->files, path);
    if (!value_text(found)) {
        err_set(err, ERR_MISSING, SAY("文件 %s 没有随命令送来", "file %s did not come along"),
                path);
    } else if (value_length(found) > limit) {
        err_set(err, ERR_INVALID,
                SAY("文件 %s 太大，上限为 %zu 字节", "file %s is over the limit of %zu bytes"),
                path, limit);
    } else {
        buf_reset(out);
        buf_add(out, value_text(found), value_length(found));
        return true;
    }
    return false;
}

bool house_attach(struct house *house, const char *path, struct value **out, struct err *err)
{
    bool ok = false;
    char digest[DIGEST_HEX];
    unsigned char sum[DIGEST_SIZE];
    struct digest *hasher = NULL;
    struct buf bytes;

    buf_init(&bytes, ATTACHMENT_MAX + 1);
    if (!house_file(house, path, ATTACHMENT_MAX, &bytes, err)) {
        goto done;
    }
    if (!house->site->conf.is_accredited && text_is_utf8(buf_text(&bytes), bytes.length) &&
        text_is_classified(buf_text(&bytes))) {
        refuse_classified(path, err);
        goto done;
    }
    hasher = digest_new();
    digest_bytes(hasher, buf_text(&bytes), bytes.length, sum);
    digest_hex(sum, digest);
    if (!keep_blob(house, &bytes, digest, err)) {
        goto done;
    }
    *out = value_new_map();
    value_set_text(*out, "name", base_name(path));
    value_set_text(*out, "digest", digest);
    value_set_int(*out, "size", (int64_t)bytes.length);
    ok = true;
done:
    digest_free(hasher);
    buf_clear(&bytes);
    return ok;
}

void house_detach(struct house *house)
{
    struct err unsaid = {0};
    bool ok = true;

    for (size_t i = 0; ok && i < value_count(house->attached); i++) {
        ok = store_run(house->site->store, "DELETE FROM blobs WHERE digest = $1", NULL, &unsaid,
                       "t", value_text(value_at(house->attached, i)));
    }
    value_free(house->attached);
    house->attached = NULL;
}

/* The text in bytes, fit to be a script. */
static bool read_script(const struct house *house, const char *path, const struct buf *bytes,
                        char **source, struct err *err)
{
    const char *text = buf_text(bytes);
    size_t bom = bytes->length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    if (!text_is_utf8(text, bytes->length)) {
        err_set(err, ERR_INVALID,
                SAY("%s 不是 UTF-8 文本，请另存为 UTF-8 后重试",
                    "%s is not UTF-8 text; save it as UTF-8"),
                path);
        return false;
    }
    if (!(house->site && house->site->conf.is_accredited) && text_is_classified(text)) {
        return refuse_classified(path, err);
    }
    *source = mem_text(text + bom);
    return true;
}

bool house_script(const struct house *house, const char *path, char **source, struct err *err)
{
    struct buf bytes;
    bool ok;

    buf_init(&bytes, SCRIPT_MAX + 1);
    ok = house_file(house, path, SCRIPT_MAX, &bytes, err) &&
         read_script(house, path, &bytes, source, err);
    buf_clear(&bytes);
    return ok;
}

bool house_own_script(const struct house *house, const char *path, char **source, struct err *err)
{
    struct buf bytes;
    bool ok;

    buf_init(&bytes, SCRIPT_MAX + 1);
    ok = file_read(path, SCRIPT_MAX, &bytes, err) && read_script(house, path, &bytes, source, err);
    buf_clear(&bytes);
    return ok;
}
