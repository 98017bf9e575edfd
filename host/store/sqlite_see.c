/* The function may_see of the views: which offices the rows of this connection's questions may come
   from. A function and not a table, because a question's connection writes nothing, not even for
   itself. */
#include "store/sqlite_parts.h"

#include <sqlite3.h>

#include "base/mem.h"

struct offices {
    size_t count;
    int64_t ids[];
};

static void may_see(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct offices *offices = sqlite3_user_data(context);
    sqlite3_int64 id = sqlite3_value_int64(values[0]);
    int is_seen = 0;

    (void)count;
    for (size_t i = 0; i < offices->count && !is_seen; i++) {
        is_seen = offices->ids[i] == id;
    }
    sqlite3_result_int(context, is_seen);
}

enum driver_result sqlite_show_offices(void *data, const int64_t *ids, size_t count,
                                       struct err *err)
{
    struct sqlite_conn *conn = data;
    struct offices *offices = mem_new(sizeof *offices + count * sizeof *ids);
    int code;

    offices->count = count;
    for (size_t i = 0; i < count; i++) {
        offices->ids[i] = ids[i];
    }
    code = sqlite3_create_function_v2(conn->db, "may_see", 1,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                      offices, may_see, NULL, NULL, mem_free);
    return code == SQLITE_OK ? DRIVER_OK : sqlite_tell(conn, code, err);
}
