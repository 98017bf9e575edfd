/* The settings a connection must have, each read back after it was made, and the fence around the
   queries of jobs: what an authorizer allows is listed, everything else is refused. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/sqlite_parts.h"

#define QUESTION_TICK 2000 /* VM steps between two looks at the clock */

int sqlite_ask_text(struct sqlite3 *db, const char *sql, char *out, int size)
{
    sqlite3_stmt *raw = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &raw, NULL);

    out[0] = '\0';
    if (code == SQLITE_OK && raw) {
        code = sqlite3_step(raw);
        if (code == SQLITE_ROW) {
            const unsigned char *text = sqlite3_column_text(raw, 0);

            sqlite3_snprintf(size, out, "%s", text ? (const char *)text : "");
            code = SQLITE_OK;
        } else if (code == SQLITE_DONE) {
            code = SQLITE_OK;
        }
    }
    sqlite3_finalize(raw);
    return code;
}

struct setting {
    const char *name;
    const char *write; /* the value for a writer, NULL: only look */
    const char *read;  /* the same for a reader */
    const char *back;  /* what reading it back must give */
    const char *back_read;
};

/* 32 MB of pages for the one writer, 4 MB for each reader; the log is copied back every 4000 pages,
   so that a batch seldom pays for it. */
static const struct setting SETTINGS[] = {
    {"journal_mode", "WAL", NULL, "wal", "wal"},
    {"synchronous", "FULL", "FULL", "2", "2"},
    {"foreign_keys", "ON", "ON", "1", "1"},
    {"trusted_schema", "OFF", "OFF", "0", "0"},
    {"cell_size_check", "ON", "ON", "1", "1"},
    {"mmap_size", "0", "0", "0", "0"},
    {"journal_size_limit", "67108864", "67108864", "67108864", "67108864"},
    {"temp_store", "MEMORY", "MEMORY", "2", "2"},
    {"cache_size", "-32768", "-4096", "-32768", "-4096"},
    {"wal_autocheckpoint", "4000", "4000", "4000", "4000"},
    {"query_only", "OFF", "ON", "0", "1"},
    {"busy_timeout", "5000", "5000", "5000", "5000"},
};

struct switch_of {
    int option;
    int value;
    const char *name;
};

static const struct switch_of SWITCHES[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1, "defensive"},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, "trusted_schema"},
    {SQLITE_DBCONFIG_DQS_DML, 0, "dqs_dml"},
    {SQLITE_DBCONFIG_DQS_DDL, 0, "dqs_ddl"},
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, "triggers"}, /* no schema of ours has one */
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, "load_extension"},
    {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, "fts3_tokenizer"},
    {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0, "writable_schema"},
};

static bool refuse_setting(const char *path, const char *name, const char *value, struct err *err)
{
    err_set(err, ERR_INTERNAL,
            SAY("%s：数据库设置 %s 未能生效（现为“%s”）",
                "%s: the setting %s did not take (it is \"%s\")"),
            path, name, value);
    return false;
}

static bool set_one(struct sqlite_conn *conn, const char *path, const struct setting *setting,
                    struct err *err)
{
    bool is_writer = conn->mode == STORE_CREATE || conn->mode == STORE_WRITE;
    const char *value = is_writer ? setting->write : setting->read;
    char sql[96];
    char got[64];
    int code;

    if (value) {
        snprintf(sql, sizeof sql, "PRAGMA %s=%s", setting->name, value);
        code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
        if (code != SQLITE_OK) {
            sqlite_tell_file(conn->db, code, path, err);
            return false;
        }
    }
    snprintf(sql, sizeof sql, "PRAGMA %s", setting->name);
    code = sqlite_ask_text(conn->db, sql, got, sizeof got);
    if (code != SQLITE_OK) {
        sqlite_tell_file(conn->db, code, path, err);
        return false;
    }
    return strcmp(got, is_writer ? setting->back : setting->back_read) == 0 ||
           refuse_setting(path, setting->name, got, err);
}

bool sqlite_guard(struct sqlite_conn *conn, const char *path, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(SWITCHES); i++) {
        int got = -1;

        if (sqlite3_db_config(conn->db, SWITCHES[i].option, SWITCHES[i].value, &got) != SQLITE_OK ||
            got != SWITCHES[i].value) {
            return refuse_setting(path, SWITCHES[i].name, got ? "1" : "0", err);
        }
    }
    for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
        if (!set_one(conn, path, &SETTINGS[i], err)) {
            return false;
        }
    }
    return true;
}

/* Sorted as people read them; a question is prepared seldom enough for a walk through the list. */
static const char *const FUNCTIONS[] = {
    "->",
    "->>",
    "abs",
    "avg",
    "coalesce",
    "count",
    "cume_dist",
    "date",
    "datetime",
    "dense_rank",
    "first_value",
    "glob",
    "group_concat",
    "ifnull",
    "iif",
    "instr",
    "json_array_length",
    "json_each",
    "json_extract",
    "json_type",
    "json_valid",
    "julianday",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "lower",
    "ltrim",
    "max",
    "may_see",
    "min",
    "nth_value",
    "ntile",
    "nullif",
    "percent_rank",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "strftime",
    "substr",
    "substring",
    "sum",
    "time",
    "total",
    "trim",
    "typeof",
    "unicode",
    "unixepoch",
    "upper",
};

static bool is_listed(const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(FUNCTIONS); i++) {
        if (sqlite3_stricmp(name, FUNCTIONS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_view(const char *name)
{
    return name && strncmp(name, "v_", 2) == 0;
}

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '$' || (byte & 0x80);
}

/* Whether the word at `at` is what AS introduces, so the name of a column and not of a table. */
static bool is_alias(const char *sql, const char *at)
{
    while (at > sql && isspace((unsigned char)at[-1])) {
        at--;
    }
    return at - sql >= 3 && sqlite3_strnicmp(at - 2, "as", 2) == 0 && !is_word_byte(at[-3]);
}

/* Whether the text names the table. Identifiers have no escapes and comments are refused, so a name
   that does not stand there was reached through a view. */
static bool is_named(const char *sql, const char *table)
{
    size_t length = strlen(table);

    for (const char *at = sql; *at; at++) {
        bool is_start = at == sql || !is_word_byte(at[-1]);

        if (is_start && sqlite3_strnicmp(at, table, (int)length) == 0 &&
            !is_word_byte(at[length]) && !is_alias(sql, at)) {
            return true;
        }
    }
    return false;
}

/* `within` names the view whose text reads the table. It is missing when SQLite folded a view into
   the question and wants none of its columns, as in count(*); column is "" then. */
static bool may_read(const struct sqlite_conn *conn, const char *table, const char *column,
                     const char *within)
{
    if (is_view(within) || is_view(table) || strcmp(table, "json_each") == 0) {
        return true;
    }
    return !within && column && !*column && conn->question && !is_named(conn->question, table);
}

/* A WITH could bear the name of a view, which is why sqlite_is_plain_question refuses it. */
static int authorize(void *data, int action, const char *first, const char *second,
                     const char *database, const char *within)
{
    bool is_fine = false;

    switch (action) {
    case SQLITE_SELECT:
        is_fine = true;
        break;
    case SQLITE_READ:
        is_fine = may_read(data, first ? first : "", second, within) &&
                  (!database || strcmp(database, "main") == 0);
        break;
    case SQLITE_FUNCTION:
        is_fine = is_listed(second);
        break;
    case SQLITE_RECURSIVE:
        is_fine = is_view(within);
        break;
    default:
        break;
    }
    return is_fine ? SQLITE_OK : SQLITE_DENY;
}

static int look_at_clock(void *data)
{
    const struct sqlite_conn *conn = data;

    return conn->deadline && clock_steady() >= conn->deadline;
}

struct limit {
    int id;
    int most;
};

static const struct limit LIMITS[] = {
    {SQLITE_LIMIT_LENGTH, 1000000},
    {SQLITE_LIMIT_SQL_LENGTH, 65536},
    {SQLITE_LIMIT_COLUMN, 200},
    {SQLITE_LIMIT_EXPR_DEPTH, 50},
    {SQLITE_LIMIT_COMPOUND_SELECT, 20},
    {SQLITE_LIMIT_VDBE_OP, 50000},
    {SQLITE_LIMIT_FUNCTION_ARG, 16},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 200},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

bool sqlite_restrict(struct sqlite_conn *conn, struct err *err)
{
    char answer[8];

    /* The schema is read, and json_each made, while nothing forbids the statements that takes. */
    if (sqlite_ask_text(conn->db, "SELECT count(*) FROM sqlite_master, json_each('[]')", answer,
                        sizeof answer) != SQLITE_OK) {
        sqlite_tell(conn, sqlite3_errcode(conn->db), err);
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
        sqlite3_limit(conn->db, LIMITS[i].id, LIMITS[i].most);
        if (sqlite3_limit(conn->db, LIMITS[i].id, -1) != LIMITS[i].most) {
            return refuse_setting("sqlite", "limit", "?", err);
        }
    }
    sqlite3_progress_handler(conn->db, QUESTION_TICK, look_at_clock, conn);
    if (sqlite3_set_authorizer(conn->db, authorize, conn) != SQLITE_OK) {
        return refuse_setting("sqlite", "authorizer", "?", err);
    }
    return true;
}

/* Refused wherever they stand, also in a quotation: a tokenizer of our own could be fooled, and
   values are bound anyway. */
bool sqlite_is_plain_question(const char *sql, struct err *err)
{
    for (const char *at = sql; *at; at++) {
        bool is_start = at == sql || !is_word_byte(at[-1]);

        if (is_start && sqlite3_strnicmp(at, "with", 4) == 0 && !is_word_byte(at[4])) {
            err_set(err, ERR_DENIED, "%s",
                    SAY("查询里不能用 WITH，请改用子查询或视图",
                        "a question may not use WITH; use a subquery or a view"));
            return false;
        }
        if (strncmp(at, "--", 2) == 0 || strncmp(at, "/*", 2) == 0) {
            err_set(err, ERR_DENIED, "%s",
                    SAY("查询里不能有注释", "a question may not hold comments"));
            return false;
        }
    }
    return true;
}
