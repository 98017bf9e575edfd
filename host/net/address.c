/* Addresses are compared as bytes against one table of networks, so every spelling of an address
   (decimal, octal, hexadecimal, mapped into IPv6) is the same address by the time it comes here. */
#include "net/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define HOST_MAX 256
#define LIST_MAX 1000

struct network {
    unsigned char bytes[16];
    int bits;
    enum address_class class;
};

/* The narrower network stands before the wider one. */
static const struct network FOUR[] = {{{169, 254, 169, 254}, 32, ADDRESS_METADATA},
                                      {{169, 254, 170, 2}, 32, ADDRESS_METADATA},   /* ECS */
                                      {{169, 254, 0, 23}, 32, ADDRESS_METADATA},    /* Tencent */
                                      {{100, 100, 100, 200}, 32, ADDRESS_METADATA}, /* Aliyun */
                                      {{192, 0, 0, 192}, 32, ADDRESS_METADATA},     /* Oracle */
                                      {{168, 63, 129, 16}, 32, ADDRESS_METADATA},   /* Azure */
                                      {{0}, 8, ADDRESS_UNSPECIFIED},
                                      {{127}, 8, ADDRESS_LOOPBACK},
                                      {{10}, 8, ADDRESS_PRIVATE},
                                      {{172, 16}, 12, ADDRESS_PRIVATE},
                                      {{192, 168}, 16, ADDRESS_PRIVATE},
                                      {{169, 254}, 16, ADDRESS_LINK_LOCAL},
                                      {{100, 64}, 10, ADDRESS_SHARED},
                                      {{192, 0, 0}, 24, ADDRESS_RESERVED},
                                      {{192, 0, 2}, 24, ADDRESS_RESERVED},
                                      {{192, 88, 99}, 24, ADDRESS_RESERVED},
                                      {{198, 18}, 15, ADDRESS_RESERVED},
                                      {{198, 51, 100}, 24, ADDRESS_RESERVED},
                                      {{203, 0, 113}, 24, ADDRESS_RESERVED},
                                      {{224}, 4, ADDRESS_MULTICAST},
                                      {{240}, 4, ADDRESS_RESERVED},
                                      {{0}, 0, ADDRESS_PUBLIC}};

/* Only 2000::/3 is assigned to the world. */
static const struct network SIX[] = {
    {{[15] = 0}, 128, ADDRESS_UNSPECIFIED},
    {{[15] = 1}, 128, ADDRESS_LOOPBACK},
    {{0xfd, 0, 0x0e, 0xc2, [14] = 2, [15] = 0x54}, 128, ADDRESS_METADATA},
    {{0xfc}, 7, ADDRESS_PRIVATE},
    {{0xfe, 0xc0}, 10, ADDRESS_PRIVATE},
    {{0xfe, 0x80}, 10, ADDRESS_LINK_LOCAL},
    {{0xff}, 8, ADDRESS_MULTICAST},
    {{0x20, 0x01, 0x00, 0x00}, 23, ADDRESS_RESERVED}, /* Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, ADDRESS_RESERVED},
    {{0x3f, 0xff}, 20, ADDRESS_RESERVED},
    {{0x20}, 3, ADDRESS_PUBLIC},
    {{0}, 0, ADDRESS_RESERVED}};

/* Where an IPv4 address stands inside IPv6 networks that carry one. */
static const struct {
    unsigned char bytes[16];
    int bits;
    int at;
} CARRIERS[] = {
    {{[10] = 0xff, [11] = 0xff}, 96, 12}, /* ::ffff:a.b.c.d */
    {{[8] = 0xff, [9] = 0xff}, 96, 12},   /* ::ffff:0:a.b.c.d */
    {{0, 0x64, 0xff, 0x9b}, 96, 12},      /* 64:ff9b::a.b.c.d */
    {{0x20, 0x02}, 16, 2},                /* 2002:ab:cd:: */
    {{[15] = 0}, 96, 12},                 /* ::a.b.c.d, after :: and ::1 */
};

static bool is_within(const unsigned char *bytes, const unsigned char *network, int bits)
{
    int whole = bits / 8;
    unsigned char mask = (unsigned char)(0xff << (8 - bits % 8));

    return memcmp(bytes, network, (size_t)whole) == 0 &&
           (bits % 8 == 0 || (bytes[whole] & mask) == (network[whole] & mask));
}

bool address_parse(const char *text, struct address *out)
{
    char bare[INET6_ADDRSTRLEN + 2] = "";
    struct address made = {0};
    size_t length = strlen(text);

    if (length > 2 && text[0] == '[' && text[length - 1] == ']' && length < sizeof bare) {
        memcpy(bare, text + 1, length - 2);
        text = bare;
    } else if (inet_pton(AF_INET, text, made.bytes) == 1) {
        *out = made;
        return true;
    }
    made.is_six = true;
    if (inet_pton(AF_INET6, text, made.bytes) != 1) {
        return false;
    }
    *out = made;
    return true;
}

static enum address_class look_up(const struct network *table, const unsigned char *bytes)
{
    while (!is_within(bytes, table->bytes, table->bits)) {
        table++; /* the last one holds everything */
    }
    return table->class;
}

enum address_class address_classify(const struct address *address)
{
    static const unsigned char NOTHING[15] = {0};

    if (!address->is_six) {
        return look_up(FOUR, address->bytes);
    }
    if (memcmp(address->bytes, NOTHING, sizeof NOTHING) == 0 && address->bytes[15] <= 1) {
        return look_up(SIX, address->bytes);
    }
    for (size_t i = 0; i < COUNT_OF(CARRIERS); i++) {
        if (is_within(address->bytes, CARRIERS[i].bytes, CARRIERS[i].bits)) {
            return look_up(FOUR, address->bytes + CARRIERS[i].at);
        }
    }
    return look_up(SIX, address->bytes);
}

const char *address_class_name(enum address_class class)
{
    switch (class) {
    case ADDRESS_LOOPBACK:
        return SAY("本机", "loopback");
    case ADDRESS_PRIVATE:
        return SAY("内网", "private");
    case ADDRESS_SHARED:
        return SAY("运营商内网", "carrier-shared");
    case ADDRESS_LINK_LOCAL:
        return SAY("链路本地", "link-local");
    case ADDRESS_METADATA:
        return SAY("云元数据", "cloud metadata");
    case ADDRESS_UNSPECIFIED:
        return SAY("未指定", "unspecified");
    case ADDRESS_MULTICAST:
        return SAY("组播", "multicast");
    case ADDRESS_RESERVED:
        return SAY("保留", "reserved");
    case ADDRESS_PUBLIC:
        break;
    }
    return SAY("公网", "public");
}

/* ---- the administrator's list ---- */

struct entry {
    char host[HOST_MAX]; /* lower case; begins with '.' for a wildcard; empty for a network */
    struct address network;
    int bits;
    int64_t port; /* 0: any */
};

struct address_list {
    struct entry *entries;
    size_t count;
};

static bool read_number(const char *text, int64_t most, int64_t *out)
{
    int64_t number = 0;

    if (!*text || strlen(text) > 5) {
        return false;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        number = number * 10 + (*text - '0');
    }
    *out = number;
    return number <= most;
}

/* Takes ":port" off the end; an IPv6 address needs brackets to have one. */
static bool split_port(char *text, int64_t *port)
{
    char *colon = strrchr(text, ':');
    const char *bracket = strrchr(text, ']');

    *port = 0;
    if (!colon || (bracket && bracket > colon) || (!bracket && strchr(text, ':') != colon)) {
        return true;
    }
    *colon = '\0';
    return read_number(colon + 1, 65535, port) && *port > 0;
}

static bool read_network(char *text, struct entry *out)
{
    char *slash = strchr(text, '/');
    int64_t bits = 0;

    if (slash) {
        *slash = '\0';
    }
    if (!address_parse(text, &out->network)) {
        return false;
    }
    out->bits = out->network.is_six ? 128 : 32;
    if (slash) {
        if (!read_number(slash + 1, out->bits, &bits) || bits < 1) {
            return false;
        }
        out->bits = (int)bits;
    }
    return true;
}

/* Copies a host in small letters, without the dot of the root. */
static bool copy_host(const char *text, char *out)
{
    size_t length = strlen(text);

    if (length && text[length - 1] == '.') {
        length--;
    }
    if (length == 0 || length >= HOST_MAX) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        out[i] = text[i];
        if (out[i] >= 'A' && out[i] <= 'Z') {
            out[i] = (char)(out[i] | 0x20);
        }
    }
    out[length] = '\0';
    return true;
}

/* Letters, digits, '-', '_', dots and what is beyond ASCII. */
static bool is_host(const char *text)
{
    if (*text == '.') {
        text++;
    }
    for (const char *at = text; *at; at++) {
        bool is_letter =
            (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || (unsigned char)*at >= 0x80;

        if (!is_letter && !strchr("-_.", *at)) {
            return false;
        }
    }
    return *text && *text != '.' && !strstr(text, "..");
}

static bool read_entry(const char *text, struct entry *out)
{
    char room[HOST_MAX + 16] = "";

    if (!text || strlen(text) >= sizeof room) {
        return false;
    }
    snprintf(room, sizeof room, "%s", text);
    if (!split_port(room, &out->port)) {
        return false;
    }
    if (strchr(room, '/') || strchr(room, ':')) {
        return read_network(room, out);
    }
    if (read_network(room, out)) {
        return true;
    }
    /* "*.gov.local" is kept as ".gov.local". */
    return copy_host(room[0] == '*' ? room + 1 : room, out->host) &&
           (room[0] == '*') == (out->host[0] == '.') && is_host(out->host);
}

/* A single text is a list of one; so is, in effect, an empty table. */
bool address_list_read(const struct value *list, struct address_list **out, struct err *err)
{
    bool is_one = value_kind(list) == VALUE_STRING;
    size_t count = is_one ? 1 : value_count(list);
    bool is_list = is_one || value_kind(list) == VALUE_LIST || value_kind(list) == VALUE_NIL ||
                   (value_kind(list) == VALUE_MAP && count == 0);
    struct address_list *made;

    if (!is_list || count > LIST_MAX) {
        err_set(err, ERR_INVALID, "%s",
                SAY("allow 应是主机、地址或网段的列表",
                    "allow must be a list of hosts, addresses or networks"));
        return false;
    }
    made = mem_new(sizeof *made);
    made->entries = mem_array(count + 1, sizeof *made->entries);
    for (; made->count < count; made->count++) {
        const char *text = value_text(is_one ? list : value_at(list, made->count));

        if (!read_entry(text, &made->entries[made->count])) {
            err_set(err, ERR_INVALID,
                    SAY("allow 中的“%s”不是主机、地址或网段",
                        "\"%s\" in allow is no host, address or network"),
                    text ? text : "?");
            address_list_free(made);
            return false;
        }
    }
    *out = made;
    return true;
}

void address_list_free(struct address_list *list)
{
    if (list) {
        mem_free(list->entries);
        mem_free(list);
    }
}

static bool is_host_of(const struct entry *entry, const char *host)
{
    size_t length = strlen(host);
    size_t tail = strlen(entry->host);

    if (entry->host[0] != '.') {
        return strcmp(entry->host, host) == 0;
    }
    return length > tail && strcmp(host + length - tail, entry->host) == 0;
}

/* The same address written as IPv4, when it is one in IPv6's clothes. */
static struct address undress(const struct address *address)
{
    struct address bare = {0};

    if (!address->is_six || !is_within(address->bytes, CARRIERS[0].bytes, CARRIERS[0].bits)) {
        return *address;
    }
    memcpy(bare.bytes, address->bytes + CARRIERS[0].at, 4);
    return bare;
}

static bool holds(const struct entry *entry, const struct address *address)
{
    return !entry->host[0] && entry->network.is_six == address->is_six &&
           is_within(address->bytes, entry->network.bytes, entry->bits);
}

static bool is_listed(const struct address_list *list, const struct address_try *try, bool by_name)
{
    struct address address = {0};
    char host[HOST_MAX] = "";

    if (by_name ? !copy_host(try->host, host) : !try->address) {
        return false;
    }
    if (!by_name) {
        address = undress(try->address);
    }
    for (size_t i = 0; list && i < list->count; i++) {
        const struct entry *entry = &list->entries[i];

        if ((!entry->port || entry->port == try->port) &&
            (by_name ? entry->host[0] && is_host_of(entry, host) : holds(entry, &address))) {
            return true;
        }
    }
    return false;
}

bool address_is_listed(const struct address_list *list, const char *host, int64_t port)
{
    struct address address;
    bool is_number = address_parse(host, &address);
    struct address_try try = {.host = host, .port = port, .address = is_number ? &address : NULL};

    return is_listed(list, &try, !is_number);
}

/* By convention "localhost" and whatever ends in it is this machine. */
static bool is_local_name(const char *host)
{
    static const struct entry LOCAL[] = {{.host = "localhost"}, {.host = ".localhost"}};
    char small[HOST_MAX] = "";

    return copy_host(host, small) && (is_host_of(&LOCAL[0], small) || is_host_of(&LOCAL[1], small));
}

static enum address_class class_of(const struct address_try *try)
{
    if (try->address) {
        return address_classify(try->address);
    }
    return is_local_name(try->host) ? ADDRESS_LOOPBACK : ADDRESS_PUBLIC;
}

bool address_is_allowed(const struct address_list *list, const struct address_try *try)
{
    switch (class_of(try)) {
    case ADDRESS_UNSPECIFIED:
    case ADDRESS_MULTICAST:
        return false;
    case ADDRESS_LINK_LOCAL:
    case ADDRESS_METADATA:
    case ADDRESS_RESERVED:
        return is_listed(list, try, false);
    case ADDRESS_LOOPBACK:
    case ADDRESS_PRIVATE:
    case ADDRESS_SHARED:
        return try->is_named || is_listed(list, try, false) || is_listed(list, try, true);
    case ADDRESS_PUBLIC:
        break;
    }
    return !try->is_plain || try->is_named || is_listed(list, try, false) ||
           is_listed(list, try, true);
}
