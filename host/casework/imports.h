/* Units and people out of sheets: first what would happen, row by row, then doing it. Rows are
   matched by code; what differs from the site is listed and only overwritten when asked. */
#ifndef DUBAN_IMPORTS_H
#define DUBAN_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

struct csv; /* paper/csv.h */

enum import_action {
    IMPORT_ADD,       /* not in the site yet */
    IMPORT_SAME,      /* nothing differs */
    IMPORT_CHANGE,    /* differs from the site: see changes */
    IMPORT_DUPLICATE, /* stands in an earlier row of the same file with the same content */
    IMPORT_REFUSED    /* cannot be read: see why */
};

struct import_line {
    size_t row; /* the line of the file, from 1 */
    enum import_action action;
    char *code;
    char *name;
    char *why;             /* refused or duplicate: why; else a remark, or NULL */
    struct value *fields;  /* map as it would be stored */
    struct value *changes; /* list of {field, label, old, new}; NULL unless IMPORT_CHANGE */
};

struct import_plan {
    const char *kind; /* "units" or "people" */
    int64_t office_id;
    struct import_line *lines;
    size_t count;
    size_t totals[5]; /* by action */
};

/* units: 编码 名称 类别 区划 级别 启用日期 停用日期; people: 编码 姓名 单位 角色 任职日期 离任日期
   电话 企业微信 钉钉 飞书 邮箱 免打扰 汇总, one row a role, so that a code may stand in several
   rows. Header words have synonyms; map (may be NULL) gives more: header text to field id (code
   name kind region level starts_on ends_on unit role phone wecom dingtalk feishu mail quiet
   digest). ERR_INVALID when a column that is needed is not there or stands twice. */
MUST_USE bool import_units_plan(struct site *site, int64_t office_id, struct csv *csv,
                                const struct value *map, struct import_plan *out, struct err *err);
MUST_USE bool import_people_plan(struct site *site, int64_t office_id, struct csv *csv,
                                 const struct value *map, struct import_plan *out, struct err *err);
void import_plan_clear(struct import_plan *plan);

struct import_result {
    size_t added;
    size_t changed;
    size_t left; /* differences that were not taken over */
};

/* In the caller's transaction. With refused rows nothing is done (ERR_INVALID names the first).
   Changes are written only when is_overwrite. out may be NULL. */
MUST_USE bool import_apply(struct site *site, const struct import_plan *plan, bool is_overwrite,
                           struct import_result *out, struct err *err);

/* Which row became what (table imports), for files of cases: *target is the caller's, NULL when the
   row is new. *is_same tells whether its content is as it was. */
MUST_USE bool import_seen(struct site *site, int64_t office_id, const char *kind,
                          const char *row_key, const char *digest, char **target, bool *is_same,
                          struct err *err);
struct import_mark {
    int64_t office_id;
    const char *kind;
    const char *row_key;
    const char *digest;
    const char *target;
};
MUST_USE bool import_keep(struct site *site, const struct import_mark *mark, struct err *err);

#endif
