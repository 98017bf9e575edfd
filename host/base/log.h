/* One line per event on standard error: level, message, key=value pairs. */
#ifndef DUBAN_LOG_H
#define DUBAN_LOG_H

#include "base/base.h"

/* Progress and warnings for the operator; control characters are replaced, one line whatever the
   text. */
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
