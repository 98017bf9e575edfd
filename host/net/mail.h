/* The parts of mail that stand by themselves: encoded words and a server's verdict. */
#ifndef DUBAN_MAIL_H
#define DUBAN_MAIL_H

#include "base/buf.h"
#include "net/sent.h"
#include "net/verdicts.h"

/* Appends text as RFC 2047 encoded words, folded, none torn inside a character. */
void mail_encode_words(const char *text, struct buf *out);
/* Judges by SMTP's status and enhanced code: 4xx comes again, 5xx does not. */
void mail_judge(const struct reply *reply, struct sent *out);
/* Its codes are the beginnings of enhanced ones. */
extern const struct verdicts MAIL_VERDICTS;

#endif
