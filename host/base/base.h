/* The few macros everyone needs, which are also the only compiler extensions in the house. */
#ifndef DUBAN_BASE_H
#define DUBAN_BASE_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define NO_RETURN __attribute__((noreturn))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
