/* What the command line itself needs of the upkeep commands: --version. */
#ifndef DUBAN_UPKEEP_CMDS_H
#define DUBAN_UPKEEP_CMDS_H

struct out;

void upkeep_print_version(const struct out *out);

#endif
