/* Named points at which a test build kills itself, so that a trial can stop duban at any instant.
 */
#ifndef DUBAN_CRASH_H
#define DUBAN_CRASH_H

/* With -DDUBAN_TEST and DUBAN_CRASH="name:n" in the environment, SIGKILL the n-th time name is
   passed ("*" is every name); DUBAN_CRASH_LOG names a file that gets a line for each point passed.
   Otherwise nothing at all. */
#ifdef DUBAN_TEST
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif

#endif
