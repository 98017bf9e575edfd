/* Accounts: who records. Until a console brings logins, the operating system says who somebody is.
 */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "casework/rows.h"

#define COLUMNS                                                                           \
    "SELECT a.account_id, a.office_id, COALESCE(a.person_id, 0), a.is_disabled, a.name, " \
    "a.os_user, "                                                                         \
    "p.code, a.is_admin FROM accounts AS a LEFT JOIN people AS p ON p.person_id = a.person_id "

static void read_account(const struct stmt *stmt, struct account *out)
{
    out->account_id = stmt_int(stmt, 0);
    out->office_id = stmt_int(stmt, 1);
    out->person_id = stmt_int(stmt, 2);
    out->is_disabled = stmt_int(stmt, 3) != 0;
    row_text(stmt, 4, out->name, sizeof out->name);
    row_text(stmt, 5, out->os_user, sizeof out->os_user);
    row_text(stmt, 6, out->person, sizeof out->person);
    out->is_admin = stmt_int(stmt, 7) != 0;
}

static bool take_one(struct stmt *stmt, struct account *out, bool *has_row, struct err *err)
{
    if (!stmt_step(stmt, has_row, err)) {
        return false;
    }
    if (*has_row) {
        read_account(stmt, out);
    }
    stmt_reset(stmt);
    return true;
}

bool registry_os_name(int64_t uid, char out[static REGISTRY_CODE], struct err *err)
{
    const struct passwd *entry;

    errno = 0;
    entry = getpwuid((uid_t)uid);
    if (!entry || strlen(entry->pw_name) >= REGISTRY_CODE) {
        err_set(
            err, ERR_INTERNAL,
            SAY("操作系统不认识当前用户（%ld）", "the operating system does not know the user %ld"),
            (long)uid);
        return false;
    }
    row_put(out, REGISTRY_CODE, entry->pw_name);
    return true;
}

bool registry_os_user(char out[static REGISTRY_CODE], struct err *err)
{
    return registry_os_name((int64_t)geteuid(), out, err);
}

bool registry_account_of(struct site *site, const char *os_user, struct account *out,
                         struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    /* One user may have had several accounts; the one in use is the newest that is not disabled. */
    if (!store_ask(site->store,
                   COLUMNS "WHERE a.os_user = $1 ORDER BY a.is_disabled, a.account_id DESC LIMIT 1",
                   &stmt, err, "t", os_user) ||
        !take_one(stmt, out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_DENIED,
                SAY("操作系统用户“%s”在本站点没有账号",
                    "the user \"%s\" of the operating system has no account here"),
                os_user);
    } else if (out->is_disabled) {
        err_set(err, ERR_DENIED, SAY("账号“%s”已停用", "the account \"%s\" is disabled"),
                out->name);
    }
    return has_row && !out->is_disabled;
}

bool registry_account_current(struct site *site, struct account *out, struct err *err)
{
    char user[REGISTRY_CODE];

    return registry_os_user(user, err) && registry_account_of(site, user, out, err);
}

bool registry_account_find(struct site *site, const char *name, struct account *out,
                           struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, COLUMNS "WHERE a.name = $1", &stmt, err, "t", name) ||
        !take_one(stmt, out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有“%s”这个账号", "there is no account \"%s\""), name);
    }
    return has_row;
}

bool registry_account(struct site *site, int64_t id, struct account *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, COLUMNS "WHERE a.account_id = $1", &stmt, err, "i", id) ||
        !take_one(stmt, out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有这个账号", "there is no such account"));
    }
    return has_row;
}

static bool check(struct site *site, const struct account *account, struct err *err)
{
    int64_t taken = 0;

    if (!registry_check_text(site, SAY("账号名", "name of the account"), account->name,
                             REGISTRY_CODE, err) ||
        !registry_check_text(site, SAY("操作系统用户", "user of the operating system"),
                             account->os_user, REGISTRY_CODE, err) ||
        !store_one_int(site->store,
                       "SELECT COUNT(*) FROM accounts WHERE name = $1 AND account_id <> $2", &taken,
                       err, "ti", account->name, account->account_id)) {
        return false;
    }
    if (taken) {
        err_set(err, ERR_CONFLICT, SAY("账号“%s”已经有了", "the account \"%s\" is there already"),
                account->name);
    }
    return taken == 0;
}

/* Whose it is from now on; what it recorded before stays another's. */
static bool keep_holder(struct site *site, const struct account *account, struct err *err)
{
    return store_run(site->store,
                     "INSERT INTO holders (account_id, since, person_id) "
                     "SELECT $1, $2, NULLIF($3, 0) WHERE COALESCE((SELECT person_id FROM holders "
                     "WHERE account_id = $1 ORDER BY since DESC LIMIT 1), 0) <> $3 "
                     "ON CONFLICT (account_id, since) DO UPDATE SET person_id = excluded.person_id",
                     NULL, err, "iii", account->account_id, site_now(site), account->person_id);
}

bool registry_account_save(struct site *site, struct account *account, struct err *err)
{
    int64_t is_disabled = account->is_disabled ? 1 : 0;
    int64_t is_admin = account->is_admin ? 1 : 0;

    if (!check(site, account, err)) {
        return false;
    }
    if (account->account_id) {
        return store_run(site->store,
                         "UPDATE accounts SET name = $2, os_user = $3, office_id = $4, "
                         "person_id = NULLIF($5, 0), is_disabled = $6, is_admin = $7 "
                         "WHERE account_id = $1",
                         NULL, err, "ittiiii", account->account_id, account->name, account->os_user,
                         account->office_id, account->person_id, is_disabled, is_admin) &&
               keep_holder(site, account, err);
    }
    if (!store_run(
            site->store,
            "INSERT INTO accounts (name, os_user, office_id, person_id, is_disabled, is_admin) "
            "VALUES ($1, $2, $3, NULLIF($4, 0), $5, $6)",
            NULL, err, "ttiiii", account->name, account->os_user, account->office_id,
            account->person_id, is_disabled, is_admin)) {
        return false;
    }
    account->account_id = store_last_id(site->store);
    return keep_holder(site, account, err);
}
