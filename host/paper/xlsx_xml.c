/* Workbooks need no document type, so the first sign of one ends the reading: there is nothing left
   to expand. A tag is parsed whole, hence the bound on how much may wait for its end. */
#include "paper/xlsx_xml.h"

#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/text.h"

struct reading {
    XML_Parser parser;
    const char *part;
    const struct xml_handler *handler;
    void *context;
    struct err *err;
    size_t depth;
    size_t fed;
    bool is_stopped; /* err is filled */
};

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void stop(struct reading *reading)
{
    reading->is_stopped = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static void on_start(void *data, const char *name, const char **attributes)
{
    struct reading *reading = data;

    if (reading->is_stopped) {
        return;
    }
    if (++reading->depth > XML_DEPTH_MAX) {
        err_set(reading->err, ERR_INVALID,
                SAY("%s 嵌套太深（上限 %d 层），不予接收",
                    "%s is nested too deeply (the limit is %d levels)"),
                reading->part, XML_DEPTH_MAX);
        stop(reading);
    } else if (reading->handler->start &&
               !reading->handler->start(reading->context, local(name), attributes, reading->err)) {
        stop(reading);
    }
}

static void on_end(void *data, const char *name)
{
    struct reading *reading = data;

    if (reading->is_stopped) {
        return;
    }
    reading->depth--;
    if (reading->handler->end &&
        !reading->handler->end(reading->context, local(name), reading->err)) {
        stop(reading);
    }
}

static void on_text(void *data, const char *bytes, int length)
{
    struct reading *reading = data;

    if (!reading->is_stopped && reading->handler->text &&
        !reading->handler->text(reading->context, bytes, (size_t)length, reading->err)) {
        stop(reading);
    }
}

static void on_doctype(void *data, const char *name, const char *system, const char *public,
                       int has_subset)
{
    struct reading *reading = data;

    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    err_set(reading->err, ERR_INVALID,
            SAY("%s 里有 DTD 或实体声明，不予接收", "%s holds a DTD or entities"), reading->part);
    stop(reading);
}

static bool damaged(struct reading *reading)
{
    err_set(reading->err, ERR_INVALID,
            SAY("文件已损坏（%s 第 %lu 行），请在 WPS 或 Excel 中打开后另存为 .xlsx",
                "the file is damaged (%s, line %lu); open it in WPS or Excel and save it as .xlsx"),
            reading->part, (unsigned long)XML_GetCurrentLineNumber(reading->parser));
    return false;
}

/* What waits for its end would be looked at again with every piece. */
static bool is_stuck(const struct reading *reading)
{
    XML_Index at = XML_GetCurrentByteIndex(reading->parser);

    return at >= 0 && reading->fed - (size_t)at > XML_TOKEN_MAX && reading->fed >= (size_t)at;
}

static bool feed(void *context, const char *bytes, size_t length, bool is_last, struct err *err)
{
    struct reading *reading = context;
    enum XML_Status status;

    (void)err; /* the same as reading->err */
    reading->fed += length;
    status = XML_Parse(reading->parser, bytes, (int)length, is_last);
    if (reading->is_stopped) {
        return false;
    }
    if (status != XML_STATUS_OK || (!is_last && is_stuck(reading))) {
        return damaged(reading);
    }
    return true;
}

bool xml_read(struct zip_box *box, const char *part, const struct xml_handler *handler,
              void *context, struct err *err)
{
    struct err unsaid = {0};
    struct reading reading = {
        .part = part, .handler = handler, .context = context, .err = err ? err : &unsaid};
    bool ok = false;

    reading.parser = XML_ParserCreate(NULL);
    if (!reading.parser) {
        err_set(err, ERR_INTERNAL, "%s", SAY("内存不足", "out of memory"));
        return false;
    }
    XML_SetUserData(reading.parser, &reading);
    XML_SetElementHandler(reading.parser, on_start, on_end);
    XML_SetCharacterDataHandler(reading.parser, on_text);
    XML_SetStartDoctypeDeclHandler(reading.parser, on_doctype);
    ok = zip_box_read(box, part, feed, &reading, reading.err);
    XML_ParserFree(reading.parser);
    return ok;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2) {
        if (strcmp(local(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

const char *xml_prefixed(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2) {
        if (strchr(attributes[i], ':') && strcmp(local(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

long xml_number(const char **attributes, const char *name, long otherwise)
{
    const char *text = xml_attribute(attributes, name);
    size_t length = text ? strlen(text) : 0;

    if (!length || length > 9 || strspn(text, "0123456789") != length) {
        return otherwise;
    }
    return strtol(text, NULL, 10);
}

bool xml_is_true(const char **attributes, const char *name)
{
    const char *text = xml_attribute(attributes, name);

    return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}
