/* The parts of a workbook name each other by relations: first those of the package, which name the
   workbook, then those of the workbook, which name its sheets. */
#include "paper/xlsx_book.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/xlsx_xml.h"

#define TYPE_ENDS(type, end) \
    (strlen(type) >= strlen(end) && strcmp((type) + strlen(type) - strlen(end), (end)) == 0)

struct finding {
    struct book *book;
    const char *folder; /* targets are relative to it */
    char *workbook;
};

/* "../a/b" from "xl/" as "a/b", "/xl/b" as "xl/b". NULL when it leads out or is too long. */
static char *resolve(const char *folder, const char *target)
{
    char *path = NULL;
    struct buf parts;

    buf_init(&parts, (size_t)2 * ZIP_NAME_MAX);
    buf_add_text(&parts, *target == '/' ? "" : folder);
    while (*target) {
        size_t size = strcspn(target, "/");

        if (size == 2 && strncmp(target, "..", 2) == 0) {
            if (parts.length == 0) {
                goto done;
            }
            parts.length--; /* the slash behind the folder that is left */
            while (parts.length && parts.bytes[parts.length - 1] != '/') {
                parts.length--;
            }
        } else if (size && !(size == 1 && *target == '.')) {
            buf_add(&parts, target, size + (target[size] != '\0'));
        }
        target += size + (target[size] != '\0');
    }
    path = parts.is_over ? NULL : mem_text_n(buf_text(&parts), parts.length);
done:
    buf_clear(&parts);
    return path;
}

static void set_part(char **part, const char *folder, const char *target)
{
    if (!*part) {
        *part = resolve(folder, target);
    }
}

static bool is_external(const char **attributes)
{
    const char *mode = xml_attribute(attributes, "TargetMode");

    return mode && strcmp(mode, "External") == 0;
}

static bool on_root_relation(void *context, const char *name, const char **attributes,
                             struct err *err)
{
    struct finding *finding = context;
    const char *type = xml_attribute(attributes, "Type");
    const char *target = xml_attribute(attributes, "Target");

    (void)err;
    if (strcmp(name, "Relationship") == 0 && type && target && !is_external(attributes) &&
        TYPE_ENDS(type, "/officeDocument")) {
        set_part(&finding->workbook, "", target);
    }
    return true;
}

static bool on_book_relation(void *context, const char *name, const char **attributes,
                             struct err *err)
{
    struct finding *finding = context;
    struct book *book = finding->book;
    const char *type = xml_attribute(attributes, "Type");
    const char *target = xml_attribute(attributes, "Target");
    const char *id = xml_attribute(attributes, "Id");

    (void)err;
    if (strcmp(name, "Relationship") != 0 || !type || !target || is_external(attributes)) {
        return true;
    }
    if (TYPE_ENDS(type, "/sharedStrings")) {
        set_part(&book->strings_part, finding->folder, target);
    } else if (TYPE_ENDS(type, "/styles")) {
        set_part(&book->styles_part, finding->folder, target);
    }
    for (size_t i = 0; id && TYPE_ENDS(type, "/worksheet") && i < book->sheet_count; i++) {
        if (strcmp(book->sheets[i].relation, id) == 0) {
            set_part(&book->sheets[i].part, finding->folder, target);
        }
    }
    return true;
}

static bool on_workbook(void *context, const char *name, const char **attributes, struct err *err)
{
    struct book *book = context;
    const char *relation = xml_prefixed(attributes, "id");
    const char *title = xml_attribute(attributes, "name");
    const char *state = xml_attribute(attributes, "state");
    struct book_sheet *sheet;

    if (strcmp(name, "workbookPr") == 0) {
        book->is_1904 = xml_is_true(attributes, "date1904");
    }
    if (strcmp(name, "sheet") != 0 || !relation || !title) {
        return true;
    }
    if (book->sheet_count == BOOK_SHEETS_MAX) {
        err_set(err, ERR_INVALID,
                SAY("工作表太多（上限 %d）", "there are too many sheets (the limit is %d)"),
                BOOK_SHEETS_MAX);
        return false;
    }
    if (!book->sheets) {
        book->sheets = mem_array(BOOK_SHEETS_MAX, sizeof *book->sheets);
    }
    sheet = &book->sheets[book->sheet_count++];
    sheet->name = mem_text(title);
    sheet->relation = mem_text(relation);
    sheet->is_hidden = state && strcmp(state, "visible") != 0;
    return true;
}

/* Other archives are told by what they hold. */
static bool refuse_other(struct zip_box *box, struct err *err)
{
    const char *what = SAY("压缩包", "an archive of something else");

    if (zip_box_has(box, "xl/workbook.bin")) {
        what = SAY("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)");
    } else if (zip_box_has(box, "word/document.xml")) {
        what = SAY("Word 文档", "a Word document");
    } else if (zip_box_has(box, "content.xml")) {
        what = SAY("OpenDocument 表格（.ods）", "an OpenDocument sheet (.ods)");
    } else if (zip_box_has(box, "OFD.xml")) {
        what = SAY("OFD 版式文件", "an OFD paper");
    }
    err_set(err, ERR_INVALID,
            SAY("这是%s，不是 .xlsx 表格，请在 WPS 或 Excel 中另存为 .xlsx",
                "this is %s, not an .xlsx sheet; save it as .xlsx in WPS or Excel"),
            what);
    return false;
}

static bool find_workbook(struct zip_box *box, char **out, struct err *err)
{
    static const struct xml_handler RELATIONS = {.start = on_root_relation};
    struct finding finding = {0};

    if (zip_box_has(box, "_rels/.rels") &&
        !xml_read(box, "_rels/.rels", &RELATIONS, &finding, err)) {
        mem_free(finding.workbook);
        return false;
    }
    if (!finding.workbook) {
        finding.workbook = mem_text("xl/workbook.xml");
    }
    if (!zip_box_has(box, finding.workbook) || !TYPE_ENDS(finding.workbook, ".xml") ||
        zip_box_has(box, "word/document.xml")) {
        mem_free(finding.workbook);
        return refuse_other(box, err);
    }
    *out = finding.workbook;
    return true;
}

/* "xl/workbook.xml" has its relations in "xl/_rels/workbook.xml.rels". */
static bool read_relations(struct book *book, const char *workbook, struct err *err)
{
    static const struct xml_handler RELATIONS = {.start = on_book_relation};
    const char *slash = strrchr(workbook, '/');
    size_t folder = slash ? (size_t)(slash - workbook) + 1 : 0;
    struct finding finding = {.book = book};
    struct buf part;
    bool ok;

    buf_init(&part, (size_t)4 * ZIP_NAME_MAX);
    buf_add(&part, workbook, folder);
    finding.folder = mem_text(buf_text(&part));
    buf_add_format(&part, "_rels/%s.rels", workbook + folder);
    ok = xml_read(book->box, buf_text(&part), &RELATIONS, &finding, err);
    mem_free((char *)(uintptr_t)finding.folder);
    buf_clear(&part);
    return ok;
}

bool book_read(struct zip_box *box, struct book *out, struct err *err)
{
    static const struct xml_handler WORKBOOK = {.start = on_workbook};
    char *workbook = NULL;
    bool ok;

    *out = (struct book){.box = box};
    ok = find_workbook(box, &workbook, err) && xml_read(box, workbook, &WORKBOOK, out, err) &&
         read_relations(out, workbook, err) && book_read_strings(out, err) &&
         book_read_styles(out, err);
    mem_free(workbook);
    if (!ok && err && err->kind == ERR_MISSING) {
        err->kind = ERR_INVALID; /* the file is there; what it names is not */
    }
    return ok;
}

void book_clear(struct book *book)
{
    for (size_t i = 0; i < book->sheet_count; i++) {
        mem_free(book->sheets[i].name);
        mem_free(book->sheets[i].relation);
        mem_free(book->sheets[i].part);
    }
    mem_free(book->sheets);
    mem_free(book->strings_part);
    mem_free(book->styles_part);
    buf_clear(&book->texts);
    mem_free(book->starts);
    mem_free(book->formats);
    *book = (struct book){0};
}
