/* In test builds only: tries from inside a worker what a script must never reach. */
#ifndef DUBAN_PROBE_H
#define DUBAN_PROBE_H

#include "script/api.h"

#ifdef DUBAN_TEST
extern const struct api_module API_PROBE;
#endif

#endif
