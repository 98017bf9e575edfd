/* Reads scripts and follows their requires to the site's scripts/, then to the library's. */
#include "cli/sources.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define MODULES_MAX 100

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The kind whose constructor a line returns; NULL for another line. */
static const char *kind_in(const char *word)
{
    static const char *const KINDS[] = {"job", "workflow", "channel"};

    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        size_t length = strlen(KINDS[i]);

        if (strncmp(word, KINDS[i], length) == 0 && !isalnum((unsigned char)word[length]) &&
            word[length] != '_') {
            return KINDS[i];
        }
    }
    return NULL;
}

/* "return job" at the start of a line tells a job; the folder tells when the script does not. */
static const char *kind_of(const char *path, const char *text)
{
    const char *line = text;
    const char *kind;

    while (line) {
        line += strspn(line, " \t\r\n");
        if (strncmp(line, "return", 6) == 0 && isspace((unsigned char)line[6])) {
            line += 6 + strspn(line + 6, " \t\r\n");
            kind = kind_in(line);
            if (kind) {
                return kind;
            }
        }
        line = strchr(line, '\n');
    }
    return strstr(path, "jobs/") ? "job" : strstr(path, "channels/") ? "channel" : "workflow";
}

/* The next name required after *at, a fresh text, or NULL; a word in a comment costs an unneeded
   module at most. */
static char *next_require(const char **at)
{
    while ((*at = strstr(*at, "require")) != NULL) {
        const char *start = *at + 7;
        const char *end;

        *at = start;
        start += strspn(start, " \t(");
        if (*start != '"' && *start != '\'') {
            continue;
        }
        end = strchr(start + 1, *start);
        if (end && end > start + 1 && end - start < 64) {
            *at = end;
            return mem_text_n(start + 1, (size_t)(end - start - 1));
        }
    }
    return NULL;
}

static bool is_module_name(const char *name)
{
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static char *module_path(const char *folder, const char *name)
{
    char *scripts = file_join(folder, "scripts");
    char *stem = file_join(scripts, name);
    struct buf path;
    char *copy;

    buf_init(&path, 65536);
    buf_add_format(&path, "%s.lua", stem);
    copy = mem_text(buf_text(&path));
    buf_clear(&path);
    mem_free(stem);
    mem_free(scripts);
    return copy;
}

/* An unknown module is left out: the worker reports it with its line. */
static bool read_module(struct house *house, const char *name, char **text, struct err *err)
{
    const char *folders[2] = {house->globals.dir, house->library};
    bool ok = true;

    *text = NULL;
    for (size_t i = 0; ok && !*text && i < COUNT_OF(folders) && is_module_name(name); i++) {
        char *path = module_path(folders[i], name);

        if (file_is_there(path)) {
            ok = house_own_script(house, path, text, err);
        }
        mem_free(path);
    }
    return ok;
}

static bool add_modules(struct house *house, const char *text, struct value *modules,
                        struct err *err)
{
    const char *at = text;
    char *name;
    bool ok = true;

    while (ok && (name = next_require(&at)) != NULL) {
        char *source = NULL;

        if (!value_get(modules, name) && value_count(modules) < MODULES_MAX) {
            ok = read_module(house, name, &source, err);
            if (ok && source) {
                value_set_text(modules, name, source);
                ok = add_modules(house, source, modules, err);
            }
        }
        mem_free(source);
        mem_free(name);
    }
    return ok;
}

static bool is_known(const struct sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void source_clear(struct source *source)
{
    mem_free(source->path);
    mem_free(source->name);
    mem_free(source->text);
    value_free(source->modules);
    value_free(source->about);
    *source = (struct source){0};
}

/* is_own: the path is of the site or the library. */
static bool add(struct house *house, struct sources *sources, const char *path, bool is_own,
                bool is_extra, struct err *err)
{
    struct source source = {0};

    if (is_known(sources, base_name(path))) {
        if (is_extra) {
            return true;
        }
        err_set(err, ERR_CONFLICT, SAY("文件名 %s 给了两次", "the file name %s was given twice"),
                base_name(path));
        return false;
    }
    if (!(is_own ? house_own_script(house, path, &source.text, err)
                 : house_script(house, path, &source.text, err))) {
        return false;
    }
    source.path = mem_text(path);
    source.name = mem_text(base_name(path));
    source.kind = kind_of(path, source.text);
    source.modules = value_new_map();
    source.is_extra = is_extra;
    if (!add_modules(house, source.text, source.modules, err)) {
        source_clear(&source);
        return false;
    }
    sources->items = mem_resize(sources->items, (sources->count + 1) * sizeof source);
    sources->items[sources->count++] = source;
    return true;
}

bool sources_add(struct house *house, struct sources *sources, const char *path, bool is_extra,
                 struct err *err)
{
    return add(house, sources, path, false, is_extra, err);
}

static bool add_one_folder(struct house *house, struct sources *sources, const char *folder,
                           bool is_extra, struct err *err)
{
    char **list = NULL;
    bool ok = file_list(folder, ".lua", false, &list, err);

    for (size_t i = 0; ok && list[i]; i++) {
        char *path = file_join(folder, list[i]);

        ok = add(house, sources, path, true, is_extra, err);
        mem_free(path);
    }
    file_list_free(list);
    return ok;
}

bool sources_add_folder(struct house *house, struct sources *sources, const char *folder,
                        bool is_extra, struct err *err)
{
    char *workflows = file_join(folder, "workflows");
    char *jobs = file_join(folder, "jobs");
    char *channels = file_join(folder, "channels");
    bool ok = add_one_folder(house, sources, workflows, is_extra, err) &&
              add_one_folder(house, sources, jobs, is_extra, err) &&
              (is_extra || add_one_folder(house, sources, channels, is_extra, err));

    mem_free(workflows);
    mem_free(jobs);
    mem_free(channels);
    return ok;
}

void sources_clear(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        source_clear(&sources->items[i]);
    }
    mem_free(sources->items);
    *sources = (struct sources){0};
}

bool sources_templates(struct house *house, struct value **names, struct err *err)
{
    const char *folders[2] = {house->globals.dir, house->library};
    bool ok = true;

    *names = value_new_map();
    for (size_t i = 0; ok && i < COUNT_OF(folders); i++) {
        char *folder = file_join(folders[i], "templates");
        char **list = NULL;

        ok = file_list(folder, "", true, &list, err);
        for (size_t j = 0; ok && list[j]; j++) {
            const char *name = base_name(list[j]);
            char *stem = mem_text_n(name, strcspn(name, "."));

            value_set_bool(*names, stem, true);
            mem_free(stem);
        }
        file_list_free(list);
        mem_free(folder);
    }
    if (!ok) {
        value_free(*names);
        *names = NULL;
    }
    return ok;
}
