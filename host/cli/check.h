/* Checks scripts through workers: what `check` shows and `publish` insists on. */
#ifndef DUBAN_CHECK_H
#define DUBAN_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"
#include "cli/sources.h"

struct check_report {
    struct value *findings; /* list of { file (path as given), line, column, level, text } */
    struct value *previews; /* list of { file, channel, text }: the requests of channel scripts */
    struct value *examples; /* list of { file, title, ok, text, line }, one or more an example */
    size_t errors;
    size_t warnings;
    size_t examples_run;
    size_t examples_failed;
};

/* Loads every source for its ABOUT, then checks those that are not extra against all of them. The
   zygote is started; a site may be open for its settings, roles and calendar. Wrong scripts are
   findings, not failures. Fills source->about. check_clear at the end, also after false. */
MUST_USE bool check_sources(struct house *house, struct sources *sources,
                            struct check_report *report, struct err *err);
/* Prints the warnings alone, for a publishing that goes through. */
void check_show_warnings(struct house *house, const struct check_report *report);
void check_clear(struct check_report *report);
/* Prints findings and the count of examples, or puts them as the JSON document. */
void check_show(struct house *house, const struct sources *sources,
                const struct check_report *report);

#endif
