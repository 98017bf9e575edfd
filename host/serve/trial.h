/* Real workers for the project's own specs: the functions behind raw.trial. */
#ifndef DUBAN_SERVE_TRIAL_H
#define DUBAN_SERVE_TRIAL_H

#include "script/trial.h"

extern const struct trial_desk TRIAL_DESK;

#endif
