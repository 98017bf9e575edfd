/* One XML part of a workbook as a stream of elements: no DTD, no entities, bounded depth. */
#ifndef DUBAN_XLSX_XML_H
#define DUBAN_XLSX_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "paper/xlsx_zip.h"

#define XML_DEPTH_MAX 64
#define XML_TOKEN_MAX ((size_t)2 * 1024 * 1024) /* one tag, or one stretch that is no text */

/* Names come without their prefix. False stops the reading, with err filled; any may be NULL. */
struct xml_handler {
    bool (*start)(void *context, const char *name, const char **attributes, struct err *err);
    bool (*end)(void *context, const char *name, struct err *err);
    bool (*text)(void *context, const char *bytes, size_t length, struct err *err);
};

/* Reads a part of the archive to its end. ERR_MISSING when it is not there, ERR_INVALID names the
   part and the line. */
MUST_USE bool xml_read(struct zip_box *box, const char *part, const struct xml_handler *handler,
                       void *context, struct err *err);
/* The attribute of that name whatever its prefix, NULL without it. */
const char *xml_attribute(const char **attributes, const char *name);
/* Only the one with a prefix, as in r:id. */
const char *xml_prefixed(const char **attributes, const char *name);
/* A whole number of at most 9 digits in an attribute; otherwise when it is absent or none. */
long xml_number(const char **attributes, const char *name, long otherwise);
bool xml_is_true(const char **attributes, const char *name);

#endif
