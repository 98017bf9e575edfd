/* Accounts: who records. An account is bound to a user of the operating system, and to the person
   that user is; what it recorded while it was somebody else's stays theirs. */
#include <pwd.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/registry.h"
#include "casework/rows.h"
#include "cli/command.h"
#include "cli/house.h"
#include "cli/right.h"
#include "cli/table.h"

/* ---- list ---- */

static const struct column COLUMNS[] = {
    {"name", "账号", "account", 0, false},  {"os_user", "系统用户", "user", 0, false},
    {"person", "人员", "person", 0, false}, {"office", "机构", "office", 0, false},
    {"admin", "管理员", "admin", 0, false}, {"status", "状态", "status", 0, false},
    {NULL, NULL, NULL, 0, false},
};

static void add_row(struct table *table, const struct stmt *stmt)
{
    bool is_admin = stmt_int(stmt, 4) != 0;
    bool is_disabled = stmt_int(stmt, 5) != 0;

    table_text(table, stmt_text(stmt, 0, NULL));
    table_text(table, stmt_text(stmt, 1, NULL));
    table_text(table, stmt_text(stmt, 2, NULL));
    table_text(table, stmt_text(stmt, 3, NULL));
    table_word(table, is_admin ? PAINT_BOLD : PAINT_NONE, is_admin ? SAY("是", "yes") : "",
               is_admin ? "yes" : "no");
    table_word(table, is_disabled ? PAINT_DIM : PAINT_NONE,
               is_disabled ? SAY("已停用", "disabled") : SAY("在用", "in use"),
               is_disabled ? "disabled" : "enabled");
}

static bool show_accounts(struct house *house, struct err *err)
{
    static const char sql[] =
        "SELECT a.name, a.os_user, p.name, o.name, a.is_admin, a.is_disabled FROM accounts AS a"
        " JOIN offices AS o ON o.office_id = a.office_id"
        " LEFT JOIN people AS p ON p.person_id = a.person_id ORDER BY a.account_id";
    struct table *table = table_new(COLUMNS);
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(house->site->store, sql, &stmt, err, "");

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        add_row(table, stmt);
    }
    if (ok) {
        table_show(table, &house->out, NULL);
    }
    table_free(table);
    return ok;
}

static enum outcome list_run(struct house *house, const struct args *args, struct err *err)
{
    (void)args;
    return args_outcome(house_read(house, err) && show_accounts(house, err));
}

/* ---- changes ---- */

struct change {
    struct house *house;
    const struct args *args;
    const char *act; /* "account add" … */
    struct account account;
};

static bool is_act(const struct change *change, const char *act)
{
    return strcmp(change->act, act) == 0;
}

/* What the options say about the account. */
static bool read_options(struct change *change, struct err *err)
{
    const struct args *args = change->args;
    struct account *account = &change->account;
    const char *user = args_get(args, "os-user");
    const char *name = args_get(args, "person");
    struct person person = {0};

    if (name &&
        !registry_person_find(change->house->site, change->house->office_id, name, &person, err)) {
        return false;
    }
    if (user && strlen(user) >= sizeof account->os_user) {
        err_set(err, ERR_INVALID,
                SAY("系统用户名太长：%.40s…", "the user's name is too long: %.40s…"), user);
        return false;
    }
    if (user) {
        row_put(account->os_user, sizeof account->os_user, user);
    }
    if (name || args_has(args, "nobody")) {
        account->person_id = person.person_id;
        row_put(account->person, sizeof account->person, person.code);
    }
    account->is_admin =
        (account->is_admin || args_has(args, "admin")) && !args_has(args, "no-admin");
    return true;
}

/* One user has one account in use. */
static bool is_alone(struct change *change, struct err *err)
{
    const struct account *account = &change->account;
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (account->is_disabled) {
        return true;
    }
    if (!store_ask(change->house->site->store,
                   "SELECT name FROM accounts WHERE os_user = $1 AND is_disabled = 0"
                   " AND account_id <> $2",
                   &stmt, err, "ti", account->os_user, account->account_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        err_set(err, ERR_CONFLICT,
                SAY("系统用户 %s 已有在用的账号 %s，请先执行 duban account disable %s",
                    "the user %s has the account %s already; first duban account disable %s"),
                account->os_user, stmt_text(stmt, 0, NULL), stmt_text(stmt, 0, NULL));
    }
    stmt_reset(stmt);
    return !has_row;
}

/* Somebody must be left who can give accounts. */
static bool leaves_admin(struct change *change, struct err *err)
{
    int64_t left = 0;

    if (change->account.is_admin && !change->account.is_disabled) {
        return true;
    }
    if (!store_one_int(change->house->site->store,
                       "SELECT COUNT(*) FROM accounts WHERE is_admin = 1 AND is_disabled = 0"
                       " AND account_id <> $1",
                       &left, err, "i", change->account.account_id)) {
        return false;
    }
    if (!left) {
        err_set(
            err, ERR_CONFLICT,
            SAY("%s 是最后一个管理员账号；请先让另一个账号管理：duban account bind 账号 --admin",
                "%s is the last account that administers; first let another one: duban "
                "account bind ACCOUNT --admin"),
            change->account.name);
    }
    return left > 0;
}

static bool find_account(struct change *change, struct err *err)
{
    const char *name = args_operand(change->args, 0);

    if (!is_act(change, "account add")) {
        return registry_account_find(change->house->site, name, &change->account, err);
    }
    change->account = (struct account){.office_id = change->house->office_id};
    if (strlen(name) >= sizeof change->account.name) {
        err_set(err, ERR_INVALID,
                SAY("账号名太长：%.40s…", "the account's name is too long: %.40s…"), name);
        return false;
    }
    row_put(change->account.name, sizeof change->account.name, name);
    row_put(change->account.os_user, sizeof change->account.os_user, name);
    return true;
}

static bool apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct change *change = context;
    struct account *account = &change->account;
    bool was_admin;

    if (!find_account(change, err)) {
        return false;
    }
    was_admin = account->is_admin && !account->is_disabled;
    if (is_act(change, "account disable") || is_act(change, "account enable")) {
        account->is_disabled = is_act(change, "account disable");
    } else if (!read_options(change, err)) {
        return false;
    }
    if (!is_alone(change, err) || (was_admin && !leaves_admin(change, err)) ||
        !registry_account_save(change->house->site, account, err)) {
        return false;
    }
    *body = value_new_map();
    value_set_text(*body, "os_user", account->os_user);
    value_set_text(*body, "person", account->person);
    value_set_bool(*body, "admin", account->is_admin);
    value_set_bool(*body, "disabled", account->is_disabled);
    buf_add_text(result, account->name);
    return true;
}

/* What makes two changes the same under one --key. */
static struct value *content_of(const struct args *args)
{
    static const char *const NAMES[] = {"os-user", "person", "nobody", "admin", "no-admin"};
    struct value *content = value_new_map();

    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        const char *value = args_get(args, NAMES[i]);

        if (args_has(args, NAMES[i])) {
            value_set_text(content, NAMES[i], value ? value : "");
        }
    }
    return content;
}

static void tell(struct change *change)
{
    struct house *house = change->house;
    const struct account *account = &change->account;

    if (!account->account_id) {
        return; /* a repeat */
    }
    if (!account->is_disabled && !getpwnam(account->os_user)) {
        out_print(&house->out,
                  SAY("注意：这台机器上没有系统用户 %s，建立之前账号 %s 用不上。\n",
                      "Note: this machine has no user %s; until it has, the account %s is of no "
                      "use.\n"),
                  account->os_user, account->name);
    }
}

static enum outcome change_run(struct house *house, const struct args *args, struct err *err)
{
    struct change change = {.house = house, .args = args, .act = args->command->name};
    struct value *content = NULL;
    struct buf result;
    struct act act;
    bool ok;

    if ((args_has(args, "person") && args_has(args, "nobody")) ||
        (args_has(args, "admin") && args_has(args, "no-admin"))) {
        return args_refuse(err, "%s",
                           SAY("--person 与 --nobody、--admin 与 --no-admin 各只能写一个",
                               "give --person or --nobody, --admin or --no-admin, not both"));
    }
    if (!house_write(house, args, err) || !right_administers(house, err)) {
        return OUTCOME_REFUSED;
    }
    content = content_of(args);
    buf_init(&result, ACTS_RESULT_LIMIT);
    house_act(house, change.act, args_operand(args, 0), content, &act);
    ok = act_run(house->site, &act, apply, &change, &result, err);
    if (ok) {
        tell(&change);
        ok = show_accounts(house, err);
    }
    buf_clear(&result);
    value_free(content);
    return args_outcome(ok);
}

static const struct option add_options[] = {
    {"os-user", "USER", "绑定的系统用户，默认与账号同名",
     "the user it is of; default the same name"},
    {"person", "PERSON", "这个用户是谁", "the person that user is"},
    {"admin", NULL, "可以管理站点", "it administers the site"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option bind_options[] = {
    {"os-user", "USER", "改绑系统用户", "another user"},
    {"person", "PERSON", "改为此人的账号（此前的登记不变）", "another person's, from now on"},
    {"nobody", NULL, "不再是谁的账号", "nobody's any more"},
    {"admin", NULL, "可以管理站点", "it administers the site"},
    {"no-admin", NULL, "不再管理站点", "it no longer administers the site"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option plain_options[] = {
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

const struct command account_commands[] = {
    {"account list", "", "账号：谁在登记，绑定哪个系统用户", "accounts: who records, as which user",
     NULL, 0, 0, 0, list_run, REACH_SITE},
    {"account add", "NAME [--os-user USER] [--person PERSON] [--admin]", "新建账号",
     "a new account", add_options, 1, 1, 0, change_run, REACH_SITE},
    {"account bind", "NAME [--os-user USER] [--person PERSON | --nobody] [--admin]",
     "改变账号的系统用户、人员或权限", "changes whose account it is and what it may", bind_options,
     1, 1, 0, change_run, REACH_SITE},
    {"account disable", "NAME", "停用账号", "the account is no longer let in", plain_options, 1, 1,
     0, change_run, REACH_SITE},
    {"account enable", "NAME", "恢复账号", "the account is let in again", plain_options, 1, 1, 0,
     change_run, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
