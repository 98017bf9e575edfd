/* Who a message goes to. The key is the bytes of the list as the worker wrote it, with office and
   day, so that a hit costs no reading of the list at all. */
#include "serve/recipients.h"

#include <string.h>

#include "base/codec.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/value.h"
#include "casework/rights.h"

#define RECIPIENTS_BUCKETS 2048
#define RECIPIENTS_MOST 8192

struct entry {
    struct entry *next;
    int64_t office_id;
    int64_t day;
    uint64_t hash;
    size_t length;
    int64_t *ids;
    size_t count;
    char key[]; /* length bytes */
};

struct recipients {
    struct site *site;
    struct entry *buckets[RECIPIENTS_BUCKETS];
    size_t entries;
};

struct recipients *recipients_new(struct site *site)
{
    struct recipients *recipients = mem_new(sizeof *recipients);

    recipients->site = site;
    return recipients;
}

void recipients_reset(struct recipients *recipients)
{
    if (recipients->entries == 0) {
        return;
    }
    for (size_t i = 0; i < RECIPIENTS_BUCKETS; i++) {
        while (recipients->buckets[i]) {
            struct entry *entry = recipients->buckets[i];

            recipients->buckets[i] = entry->next;
            mem_free(entry->ids);
            mem_free(entry);
        }
    }
    recipients->entries = 0;
}

void recipients_free(struct recipients *recipients)
{
    if (recipients) {
        recipients_reset(recipients);
        mem_free(recipients);
    }
}

static uint64_t hash_of(int64_t office_id, int64_t day, struct span to)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)office_id ^ ((uint64_t)day << 32);

    for (size_t i = 0; i < to.length; i++) {
        hash = (hash ^ (unsigned char)to.bytes[i]) * UINT64_C(1099511628211);
    }
    return hash ^ (hash >> 32);
}

static void add_id(struct entry *entry, int64_t id)
{
    for (size_t i = 0; i < entry->count; i++) {
        if (entry->ids[i] == id) {
            return;
        }
    }
    entry->ids = mem_resize(entry->ids, (entry->count + 1) * sizeof *entry->ids);
    entry->ids[entry->count++] = id;
}

static bool resolve(struct recipients *recipients, struct entry *entry, struct err *err)
{
    bool ok = false;
    struct value *list = NULL;
    struct codec_in in;

    codec_begin(&in, entry->key, entry->length);
    if (!codec_get_value(&in, &list)) {
        err_set(err, ERR_INVALID, "%s", SAY("收件人有误", "the recipients cannot be read"));
        goto done;
    }
    for (size_t i = 0; i < value_count(list); i++) {
        int64_t *ids = NULL;
        size_t count = 0;

        if (!rights_find(recipients->site, entry->office_id, value_at(list, i), entry->day, &ids,
                         &count, err)) {
            goto done;
        }
        for (size_t k = 0; k < count; k++) {
            add_id(entry, ids[k]);
        }
        mem_free(ids);
    }
    ok = true;
done:
    value_free(list);
    return ok;
}

bool recipients_find(struct recipients *recipients, int64_t office_id, int64_t day, struct span to,
                     const int64_t **ids, size_t *count, struct err *err)
{
    uint64_t hash = hash_of(office_id, day, to);
    struct entry *entry = recipients->buckets[hash % RECIPIENTS_BUCKETS];

    while (entry && !(entry->hash == hash && entry->office_id == office_id && entry->day == day &&
                      entry->length == to.length && memcmp(entry->key, to.bytes, to.length) == 0)) {
        entry = entry->next;
    }
    if (!entry) {
        if (recipients->entries >= RECIPIENTS_MOST) {
            recipients_reset(recipients);
        }
        entry = mem_new(sizeof *entry + to.length);
        entry->office_id = office_id;
        entry->day = day;
        entry->hash = hash;
        entry->length = to.length;
        memcpy(entry->key, to.bytes, to.length);
        if (!resolve(recipients, entry, err)) {
            mem_free(entry->ids);
            mem_free(entry);
            return false;
        }
        entry->next = recipients->buckets[hash % RECIPIENTS_BUCKETS];
        recipients->buckets[hash % RECIPIENTS_BUCKETS] = entry;
        recipients->entries++;
    }
    *ids = entry->ids;
    *count = entry->count;
    return true;
}
