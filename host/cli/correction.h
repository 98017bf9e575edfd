/* What a correction changed, told as "更正 立案：责任单位 省教育厅 → 省科学技术厅（理由：…）". */
#ifndef DUBAN_CORRECTION_H
#define DUBAN_CORRECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/label.h"

/* Appends the sentence about the correction that stands in row seq of a case; nothing when that
   row is no correction. labels.store must be there. */
MUST_USE bool correction_say(const struct labels *labels, int64_t case_id, int64_t seq,
                             struct buf *out, struct err *err);

#endif
