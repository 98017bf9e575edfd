/* What the doctor finds in the channels of a configuration before anything was sent through them:
   none is routed to, a role nobody knows, a script or a file of a secret that is not there. Nothing
   is read out of those files; that is the courier's alone. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rights.h"
#include "casework/routes.h"
#include "cli/doctor_site.h"
#include "net/adapter.h"
#include "serve/gateway.h"

static void look_at_route(struct examination *exam)
{
    const struct site *site = exam->house->site;

    if (routes_are_any(site)) {
        return;
    }
    if (!value_count(site->conf.channels)) {
        doctor_note(exam, DOCTOR_NOTE,
                    SAY("没有配置消息渠道，消息都留在本站",
                        "no channel is configured: every message stays here"),
                    SAY("请写 duban.conf.lua 的 channels 和 route",
                        "write channels and route in duban.conf.lua"));
        return;
    }
    doctor_note(exam, DOCTOR_NOTE,
                SAY("配置了渠道，没有写 route，消息都留在本站",
                    "there are channels and no route: every message stays here"),
                SAY("请在 duban.conf.lua 写上先用哪个，如 route = { \"work\" }",
                    "say in duban.conf.lua which goes first, as route = { \"work\" }"));
}

/* A role that nobody knows serves nobody, without a word when a message is routed. */
static void look_at_roles(struct examination *exam, const char *name, const struct value *conf)
{
    const struct value *roles = value_get(value_get(conf, "serves"), "roles");
    char text[256];

    for (size_t i = 0; i < value_count(roles); i++) {
        const char *role = value_text(value_at(roles, i));

        if (!rights_is_role(exam->house->site, role)) {
            snprintf(text, sizeof text,
                     SAY("渠道 %.60s 的 serves 里没有“%.60s”这个角色",
                         "serves of the channel %.60s names \"%.60s\", which is no role"),
                     name, role);
            doctor_note(exam, DOCTOR_WRONG, text,
                        SAY("请改 duban.conf.lua", "correct duban.conf.lua"));
        }
    }
}

/* A file that the channel names under key. */
static void look_at_file(struct examination *exam, const char *name, const char *key,
                         const char *path, bool is_secret)
{
    struct stat info;
    char text[512];

    if (stat(path, &info) != 0) {
        snprintf(text, sizeof text,
                 SAY("渠道 %s 的 %s：文件 %s：%s", "%s of channel %s: file %s: %s"), SAY(name, key),
                 SAY(key, name), path, file_reason(errno));
        doctor_note(exam, DOCTOR_WRONG, text,
                    SAY("请放好文件，并让运行 duban 的用户能读",
                        "put it there, readable for the user that runs duban"));
    } else if (is_secret && (info.st_mode & (S_IROTH | S_IWOTH))) {
        snprintf(text, sizeof text,
                 SAY("渠道 %s 的 %s：密钥文件 %s 人人可读写，不会使用",
                     "%s of channel %s: secret file %s is open to the world and is not used"),
                 SAY(name, key), SAY(key, name), path);
        doctor_note(exam, DOCTOR_WRONG, text, SAY("请执行 chmod o-rw", "run chmod o-rw"));
    }
}

static void look_at_secret(struct examination *exam, const char *name, const char *key,
                           const char *reference)
{
    static const char FILE_KIND[] = "file:";

    if (reference && strncmp(reference, FILE_KIND, strlen(FILE_KIND)) == 0) {
        look_at_file(exam, name, key, reference + strlen(FILE_KIND), true);
    }
}

static void look_at_files(struct examination *exam, const char *name, const struct value *conf)
{
    static const char *const PLAIN[] = {"ca", "cert"};
    const struct adapter *adapter = adapter_find(value_get_text(conf, "kind"));
    const struct value *more = value_get(conf, "secrets");

    for (size_t i = 0; adapter && adapter->secrets[i]; i++) {
        look_at_secret(exam, name, adapter->secrets[i], value_get_text(conf, adapter->secrets[i]));
    }
    for (size_t i = 0; i < value_count(more); i++) {
        look_at_secret(exam, name, value_key_at(more, i), value_text(value_at(more, i)));
    }
    look_at_secret(exam, name, "cert_key", value_get_text(conf, "cert_key"));
    for (size_t i = 0; i < COUNT_OF(PLAIN); i++) {
        const char *path = value_get_text(conf, PLAIN[i]);

        if (path) {
            look_at_file(exam, name, PLAIN[i], path, false);
        }
    }
}

/* Of a channel whose gateway a script describes. */
static void look_at_script(struct examination *exam, const char *name, const struct value *conf)
{
    const struct site *site = exam->house->site;
    const char *kind = value_get_text(conf, "kind");
    const char *script = value_get_text(conf, "script");
    char text[400];
    char *path;

    if (!kind || strcmp(kind, "lua") != 0 || !script) {
        return;
    }
    path = gateway_path(site->folder, site->library, script);
    if (!path) {
        snprintf(text, sizeof text,
                 SAY("渠道 %.60s 的脚本 channels/%.100s 不存在",
                     "channel %.60s: its script channels/%.100s is not there"),
                 name, script);
        doctor_note(exam, DOCTOR_WRONG, text,
                    SAY("把脚本放到站点的 channels/ 里，用 duban check 试过再用",
                        "put it into channels/ of the site and try it with duban check"));
    }
    mem_free(path);
}

void doctor_channels(struct examination *exam)
{
    const struct site *site = exam->house->site;
    const struct value *channels = site->conf.channels;

    look_at_route(exam);
    for (size_t i = 0; i < value_count(channels); i++) {
        look_at_roles(exam, value_key_at(channels, i), value_at(channels, i));
        if (!site->is_virtual) { /* a rehearsal uses none of them */
            look_at_files(exam, value_key_at(channels, i), value_at(channels, i));
            look_at_script(exam, value_key_at(channels, i), value_at(channels, i));
        }
    }
}
