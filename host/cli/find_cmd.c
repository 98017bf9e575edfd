/* `duban find`: a case by its number or the words of its record, a unit or a person by name, code
   or the initials of the name. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "casework/terms.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/table.h"
#include "cli/view.h"

#define HITS_MOST 20     /* of each kind that a list shows */
#define WORDS_READ 20000 /* cases a search by words looks at before it gives up */

static const struct column COLUMNS[] = {
    {"kind", "类别", "KIND", 0, false},  {"key", "编号", "NUMBER", 0, false},
    {"name", "名称", "NAME", 26, false}, {"where", "说明", "WHERE", 44, false},
    {NULL, NULL, NULL, 0, false},
};

const struct option find_options[] = {
    {"limit", "N", "每类至多列出 N 条（默认 20）", "at most N of each kind (20 unless given)"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

struct finding {
    struct view *view;
    struct table *table;
    const char *text;
    char *normal;    /* as names are compared */
    bool is_letters; /* may be initials */
    int64_t limit;
    int64_t hits; /* of the kind being listed */
    int64_t read; /* cases looked at */
    bool is_cut;  /* there was more */
};

static bool has_room(struct finding *finding)
{
    if (finding->hits >= finding->limit) {
        finding->is_cut = true;
        return false;
    }
    finding->hits++;
    return true;
}

static void add_hit(struct finding *finding, const char *kind, const char *word, const char *key,
                    const char *name, const char *where)
{
    table_word(finding->table, PAINT_NONE, kind, word);
    table_text(finding->table, key);
    table_text(finding->table, name);
    table_text(finding->table, where);
}

/* ---- cases ---- */

static void add_case(struct finding *finding, const struct case_line *line, const char *around)
{
    const struct value *about = view_about(finding->view, line->activation_id);
    char where[400];

    (void)snprintf(where, sizeof where, "%s%s%s%s%s", label_title(about, "states", line->state),
                   line->due ? SAY("，期限 ", ", due ") : "", line->due ? line->due : "",
                   *around ? SAY("：", ": ") : "", around);
    add_hit(finding, line->title, "case", line->number, line->unit_name ? line->unit_name : "",
            where);
}

static bool take_number(void *context, const struct case_line *line)
{
    struct finding *finding = context;

    if (view_sees(finding->view, line) && has_room(finding)) {
        add_case(finding, line, "");
    }
    return !finding->is_cut;
}

static bool take_shown(void *context, const struct case_line *line)
{
    struct finding *finding = context;
    char around[200];

    if (view_sees(finding->view, line) && has_room(finding)) {
        terms_around(line->record, finding->text, around, sizeof around);
        add_case(finding, line, around);
    }
    return true;
}

/* The words were found; the case itself is looked at for who may see it and where it stands. */
static bool take_words(void *context, int64_t case_id, const char *record)
{
    struct finding *finding = context;
    struct store *store = finding->view->house->site->store;

    (void)record;
    return ++finding->read <= WORDS_READ &&
           cases_by_id(store, case_id, take_shown, finding, NULL) && !finding->is_cut;
}

static bool find_cases(struct finding *finding, struct err *err)
{
    struct view *view = finding->view;
    const struct case_filter filter = {.offices = view->seen,
                                       .office_count = view->seen_count,
                                       .number = finding->normal,
                                       .limit = finding->limit * 4};

    finding->hits = 0;
    if (strpbrk(finding->normal, "0123456789") &&
        !cases_list(view->house->site->store, &filter, take_number, finding, err)) {
        return false;
    }
    return finding->hits > 0 || terms_find(view->house->site->store, finding->text, view->seen,
                                           view->seen_count, take_words, finding, err);
}

/* ---- units and people ---- */

/* How well a name fits: 0 not at all; a name or code itself, its beginning, its middle, initials.
 */
static int fit_of(const struct finding *finding, const char *normal, const char *code)
{
    const char *at = strstr(normal, finding->normal);

    if (strcmp(normal, finding->normal) == 0 || strcmp(code, finding->normal) == 0) {
        return 7;
    }
    if (at) {
        return at == normal ? 5 : 4;
    }
    switch (finding->is_letters ? pinyin_fit(normal, finding->normal) : PINYIN_NONE) {
    case PINYIN_WHOLE:
        return 6;
    case PINYIN_BEGIN:
        return 3;
    case PINYIN_INSIDE:
        return 2;
    default:
        return 0;
    }
}

struct named {
    int fit;
    int64_t id;
    char *code, *name, *where;
};

/* Best first; the list is short. */
static void keep_named(struct named *list, size_t *count, size_t most, const struct named *one)
{
    size_t at = *count;

    while (at > 0 && list[at - 1].fit < one->fit) {
        at--;
    }
    if (at >= most) {
        return;
    }
    if (*count == most) {
        --*count;
        mem_free(list[*count].code);
        mem_free(list[*count].name);
        mem_free(list[*count].where);
    }
    memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
    list[at] = (struct named){.fit = one->fit,
                              .id = one->id,
                              .code = mem_text(one->code),
                              .name = mem_text(one->name),
                              .where = mem_text(one->where ? one->where : "")};
    ++*count;
}

/* Rows of sql are id, office, code, name, normal, where, with two words in the reader's language.
 */
struct kind {
    const char *word, *title, *sql, *first, *second;
};

/* "至 2025-03-01 2 件未结" for a unit: cases are counted for the few that are shown. */
static void add_named(struct finding *finding, const struct kind *kind, const struct named *one)
{
    char where[REGISTRY_NAME + 64];
    int64_t open = 0;
    struct err unsaid = {0};

    if (strcmp(kind->word, "unit") == 0 &&
        store_one_int(finding->view->house->site->store,
                      "SELECT COUNT(*) FROM cases WHERE unit_id = $1 AND closed_at IS NULL", &open,
                      &unsaid, "i", one->id)) {
        (void)snprintf(where, sizeof where, SAY("%s%s%" PRId64 " 件未结", "%s%s%" PRId64 " open"),
                       one->where, *one->where ? " " : "", open);
    } else {
        (void)snprintf(where, sizeof where, "%s", one->where);
    }
    add_hit(finding, kind->title, kind->word, one->code, one->name, where);
}

static bool find_named(struct finding *finding, const struct kind *kind, struct err *err)
{
    struct named list[HITS_MOST + 1];
    size_t most = (size_t)(finding->limit < HITS_MOST ? finding->limit : HITS_MOST);
    size_t count = 0;
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(finding->view->house->site->store, kind->sql, &stmt, err, "ttt",
                        finding->view->unit, kind->first, kind->second);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const struct named one = {
            .fit = fit_of(finding, stmt_text(stmt, 4, NULL), stmt_text(stmt, 2, NULL)),
            .id = stmt_int(stmt, 0),
            .code = (char *)stmt_text(stmt, 2, NULL),
            .name = (char *)stmt_text(stmt, 3, NULL),
            .where = (char *)stmt_text(stmt, 5, NULL)};

        if (one.fit && view_sees_office(finding->view, stmt_int(stmt, 1))) {
            keep_named(list, &count, most, &one);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    for (size_t i = 0; i < count; i++) {
        add_named(finding, kind, &list[i]);
        mem_free(list[i].code);
        mem_free(list[i].name);
        mem_free(list[i].where);
    }
    return ok;
}

static bool find_all(struct finding *finding, struct err *err)
{
    static const char units[] =
        "SELECT u.unit_id, u.office_id, u.code, u.name, u.normal, ltrim(CASE WHEN u.ends_on IS NULL"
        " THEN '' ELSE $2 || u.ends_on END || COALESCE((SELECT ' → ' || i.name FROM successors AS s"
        " JOIN units AS i ON i.unit_id = s.into_id WHERE s.unit_id = u.unit_id), '')"
        " || COALESCE((SELECT ' ← ' || group_concat(o.name, '、') FROM successors AS s"
        " JOIN units AS o ON o.unit_id = s.unit_id WHERE s.into_id = u.unit_id), '')) || $3"
        " FROM units AS u WHERE ($1 = '' OR u.code = $1) ORDER BY u.code";
    static const char people[] =
        "SELECT p.person_id, p.office_id, p.code, p.name, p.normal, coalesce(u.name, $2 || $3)"
        " FROM people AS p LEFT JOIN units AS u ON u.unit_id = p.unit_id"
        " WHERE ($1 = '' OR u.code = $1) ORDER BY p.code";

    return find_cases(finding, err) &&
           find_named(finding,
                      &(struct kind){"unit", SAY("单位", "unit"), units, SAY("至 ", "until "), ""},
                      err) &&
           find_named(finding,
                      &(struct kind){"person", SAY("人员", "person"), people,
                                     SAY("本办", "the office itself"), ""},
                      err);
}

static bool is_letters(const char *text)
{
    return *text &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
               strlen(text);
}

enum outcome find_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct finding finding = {.view = &view, .text = args_operand(args, 0), .limit = HITS_MOST};
    bool ok = false;

    if (!args_int(args, "limit", HITS_MOST, &finding.limit, err) || finding.limit < 1) {
        return args_refuse(err, "%s", SAY("--limit 应为正整数", "--limit takes a whole number"));
    }
    finding.normal = text_normal(finding.text);
    finding.is_letters = is_letters(finding.normal);
    finding.table = table_new(COLUMNS);
    if (!*finding.normal) {
        err_set(err, ERR_INVALID, "%s", SAY("请写要找的内容", "say what to look for"));
        goto done;
    }
    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !view_find_offices(&view, err) || !find_all(&finding, err)) {
        goto done;
    }
    table_show(finding.table, &house->out,
               SAY("没有找到。可以写案号、单位或人员的名称（或拼音首字母）、登记内容中的词。",
                   "Nothing found. Try a number, a name or its initials, or words of a record."));
    if (finding.is_cut) {
        out_print(&house->out, "%s\n",
                  SAY("还有更多，请多写几个字，或用 --limit。",
                      "There is more: add a word, or use --limit."));
    }
    ok = true;
done:
    table_free(finding.table);
    mem_free(finding.normal);
    view_end(&view);
    return args_outcome(ok);
}
