/* The verdicts of 企业微信, shared by the rows of its robot and its application. */
#ifndef DUBAN_WECOM_H
#define DUBAN_WECOM_H

#include <stdbool.h>

#include "net/adapter.h"

extern const struct verdicts WECOM_BOT_VERDICTS, WECOM_APP_VERDICTS;

void wecom_judge_bot(const struct reply *reply, struct sent *out);
void wecom_judge_app(const struct reply *reply, struct sent *out);
bool wecom_judge_token(const struct reply *reply, struct token *token, struct sent *why);

#endif
