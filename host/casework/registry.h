/* Who is who: offices, units, people, their roles, and the accounts that record. Writers stand in
   the caller's transaction. Finders take a code or a name as people write it (text_normal); two
   that fit are ERR_CONFLICT with the candidates, none is ERR_MISSING. Ids of 0 mean none. */
#ifndef DUBAN_REGISTRY_H
#define DUBAN_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"

#define REGISTRY_CODE 64 /* bytes with NUL; longer ones are refused */
#define REGISTRY_NAME 256
#define REGISTRY_DAY 12

struct office {
    int64_t office_id;
    int64_t parent_id; /* 0: the highest of this site */
    char code[REGISTRY_CODE];
    char name[REGISTRY_NAME];
    char level[16]; /* province, city, county */
};

struct unit {
    int64_t unit_id;
    int64_t office_id;
    char code[REGISTRY_CODE];
    char name[REGISTRY_NAME];
    char kind[REGISTRY_NAME];
    char region[REGISTRY_CODE];
    char level[REGISTRY_CODE];
    char starts_on[REGISTRY_DAY];
    char ends_on[REGISTRY_DAY]; /* "": still there */
};

struct person {
    int64_t person_id;
    int64_t office_id;
    int64_t unit_id; /* 0: of the office itself */
    char code[REGISTRY_CODE];
    char name[REGISTRY_NAME];
    char phone[REGISTRY_CODE];
};

struct role {
    int64_t role_id;
    int64_t person_id;
    int64_t office_id;
    int64_t unit_id; /* 0: in the office itself */
    int64_t lent_by; /* the person whose role it is, lent to this one; 0: the own */
    char role[REGISTRY_CODE];
    char starts_on[REGISTRY_DAY];
    char ends_on[REGISTRY_DAY]; /* "": until further notice; the last day it holds */
    char reason[REGISTRY_NAME]; /* why it is lent */
};

struct account {
    int64_t account_id;
    int64_t office_id;
    int64_t person_id; /* 0: a machine account, or nobody said yet who it is */
    bool is_disabled;
    bool is_admin; /* administers the site */
    char name[REGISTRY_CODE];
    char os_user[REGISTRY_CODE];
    char person[REGISTRY_CODE]; /* the person's code; "" for none */
};

MUST_USE bool registry_office(struct site *site, int64_t id, struct office *out, struct err *err);
MUST_USE bool registry_office_find(struct site *site, const char *text, struct office *out,
                                   struct err *err);
/* Is the one office the other, or somewhere under it? */
MUST_USE bool registry_office_is_under(struct site *site, int64_t id, int64_t above_id,
                                       bool *is_under, struct err *err);
/* Adds the office of a region; name may be NULL, then it comes from the regions of the library. Its
   parent is the nearest office above it in this site; offices below it are hung under it. An office
   that finds no calendar at or above itself gets the shipped one. */
MUST_USE bool registry_office_add(struct site *site, const char *code, const char *name,
                                  int64_t *id, struct err *err);

MUST_USE bool registry_unit(struct site *site, int64_t id, struct unit *out, struct err *err);
/* Names are looked for among the units of the office, of those above and of those below it. */
MUST_USE bool registry_unit_find(struct site *site, int64_t office_id, const char *text,
                                 struct unit *out, struct err *err);
/* Inserts (unit_id 0, then filled in) or updates. ERR_CONFLICT when the code is taken. */
MUST_USE bool registry_unit_save(struct site *site, struct unit *unit, struct err *err);

MUST_USE bool registry_person(struct site *site, int64_t id, struct person *out, struct err *err);
MUST_USE bool registry_person_find(struct site *site, int64_t office_id, const char *text,
                                   struct person *out, struct err *err);
MUST_USE bool registry_person_save(struct site *site, struct person *person, struct err *err);
/* Inserts; the role must be known (rights_is_role). role_id is filled in. */
MUST_USE bool registry_role_add(struct site *site, struct role *role, struct err *err);
/* Changes from when to when a role is held; ends_on "" is until further notice. */
MUST_USE bool registry_role_dates(struct site *site, int64_t role_id, const char *starts_on,
                                  const char *ends_on, struct err *err);
/* The roles of a person by start, past and future ones too; freed with mem_free. */
MUST_USE bool registry_role_list(struct site *site, int64_t person_id, struct role **out,
                                 size_t *count, struct err *err);

/* The account of the OS user who runs this process: ERR_DENIED when there is none or it is
 * disabled. */
MUST_USE bool registry_account_current(struct site *site, struct account *out, struct err *err);
/* The same of any user of the operating system. */
MUST_USE bool registry_account_of(struct site *site, const char *os_user, struct account *out,
                                  struct err *err);
/* By the account's name; disabled ones too. */
MUST_USE bool registry_account_find(struct site *site, const char *name, struct account *out,
                                    struct err *err);
MUST_USE bool registry_account(struct site *site, int64_t id, struct account *out, struct err *err);
/* Inserts (account_id 0, then filled in) or updates; a new person counts from now on. */
MUST_USE bool registry_account_save(struct site *site, struct account *account, struct err *err);
/* The name of the OS user, into at least REGISTRY_CODE bytes. */
MUST_USE bool registry_os_user(char out[static REGISTRY_CODE], struct err *err);
/* The same of any number. */
MUST_USE bool registry_os_name(int64_t uid, char out[static REGISTRY_CODE], struct err *err);

#endif
