# duban: `make run` shows the main job, `make test` passes the tests; both install what is missing first.

CC       = gcc
PREFIX   = /usr/local
FLOORS   = base store paper net casework script serve cli
# What only the courier's own executable holds: the network's library and the secrets.
COURIER_ONLY = $(wildcard host/net/fetch*.c host/net/secret.c host/net/courier*.c)
SOURCES  = $(filter-out $(COURIER_ONLY),$(foreach floor,$(FLOORS),$(sort $(wildcard host/$(floor)/*.c)))) host/main.c
COURIER  = $(sort $(wildcard host/base/*.c host/net/*.c)) host/courier.c
FAKES    = $(wildcard spec/fakes/*.c)
LIBRARY  = $(shell find scripts workflows jobs schema templates -type f 2>/dev/null)

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
HARDEN   = -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
LUA_INC  = $(shell pkg-config --cflags lua5.4 2>/dev/null)
CFLAGS   = -std=c11 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -DDUBAN_PREFIX='"$(PREFIX)"' \
           $(WARN) -g -Ihost -Ibuild/made $(LUA_INC)
LIBS     = $(shell pkg-config --libs lua5.4 2>/dev/null) -lsqlite3 -ljansson -lcrypto -lzip -lexpat -lxlsxwriter -lm
NET_LIBS = -lcurl -ljansson -lcrypto
LDFLAGS  = -pie -Wl,-z,relro,-z,now,-z,noexecstack

# Four builds of the same sources: what people run, what specs break on purpose, and two for the sanitizers.
FLAGS_release = -O2 -D_FORTIFY_SOURCE=2 $(HARDEN)
FLAGS_test    = -O2 $(HARDEN) -DDUBAN_TEST
FLAGS_asan    = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined \
                -DDUBAN_TEST -DDUBAN_NO_CONFINE -fPIE

REPORTED = /usr/bin/busted --output=spec/support/report.lua
BUSTED   = build/test/duban lua $(REPORTED)

all: deps build/duban build/test/duban

# ---- set-up ---------------------------------------------------------------------------------------------------------
PACKAGES = gcc libc6-dev pkg-config liblua5.4-dev libsqlite3-dev libssl-dev libjansson-dev libcurl4-openssl-dev \
           libzip-dev libexpat1-dev libxlsxwriter-dev ca-certificates openssl lua-busted lua-check unicode-data bzip2
CHECKERS = clang-format clang-tidy
DEEP     = valgrind

define install
	@missing=""; for package in $(1); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "duban: installing$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then as=""; else as="sudo"; fi; \
	  $$as env DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
	  $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

deps:
	$(call install,$(PACKAGES))

# ---- what is made out of other people's data -------------------------------------------------------------------------
READINGS = /usr/share/unicode/Unihan_Readings.txt.bz2

# The initials of each character, from Unicode's readings in use on the mainland.
build/made/pinyin_table.h: $(READINGS) host/base/pinyin.awk
	@mkdir -p $(@D)
	@bunzip2 -c $< | LC_ALL=C awk -f host/base/pinyin.awk > $@.next && mv $@.next $@

build/release/base/pinyin.o build/test/base/pinyin.o build/asan/base/pinyin.o: build/made/pinyin_table.h
tidy/base/pinyin: build/made/pinyin_table.h

# ---- builds ---------------------------------------------------------------------------------------------------------
# The compiler's flags may be unknown before deps ran, so the real work is a second make.
define build
build/$(1)/%.o: host/%.c
	@mkdir -p $$(@D)
	@echo "  CC  $$<"
	@$$(CC) $$(CFLAGS) $$(FLAGS_$(1)) -MMD -MP -c -o $$@ $$<

build/$(1)/duban: $$(patsubst host/%.c,build/$(1)/%.o,$$(SOURCES)) | build/$(1)/duban-courier
	@echo "  LD  $$@"
	@$$(CC) $$(FLAGS_$(1)) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)

build/$(1)/duban-courier: $$(patsubst host/%.c,build/$(1)/%.o,$$(COURIER))
	@echo "  LD  $$@"
	@$$(CC) $$(FLAGS_$(1)) $$(LDFLAGS) -o $$@ $$^ $$(NET_LIBS)

-include $$(patsubst host/%.c,build/$(1)/%.d,$$(SOURCES) $$(COURIER))
endef
$(foreach kind,release test asan,$(eval $(call build,$(kind))))

# A courier that does what a spec says: see its first lines.
build/test/duban: | build/test/fake-courier

build/test/fake-courier: spec/support/fake_courier.c build/test/net/wire.o \
    $(patsubst host/%.c,build/test/%.o,$(wildcard host/base/*.c))
	@echo "  LD  $@"
	@$(CC) $(CFLAGS) $(FLAGS_test) $(LDFLAGS) -o $@ $^ -ljansson -lcrypto

build/duban build/duban-courier: build/%: build/release/%
	@cp -f $< $@

build/duban: build/duban-courier

# The platforms as specs meet them: a server on loopback that does what the real ones do, and worse.
build/test/duban: | build/test/fakes

FAKES_BASE = $(patsubst host/%.c,build/test/%.o,$(filter host/base/%,$(COURIER)))

build/test/fakes: $(FAKES) spec/fakes/fakes.h $(FAKES_BASE)
	@echo "  LD  $@"
	@$(CC) $(CFLAGS) -O1 -o $@ $(FAKES) $(FAKES_BASE) -pthread -lssl -lcrypto -ljansson

# ---- what people see ------------------------------------------------------------------------------------------------
run: deps
	@$(MAKE) --no-print-directory build/duban
	@build/duban lua docs/example/walk.lua

language: build/duban
	@build/duban lua scripts/language/write.lua

# DESTDIR puts it below another root; PREFIX is also where the program looks for its library.
install: build/duban
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/duban $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/lib/systemd/system
	@for program in build/duban build/duban-courier; do \
	  if [ -x $$program ]; then install -m 755 $$program $(DESTDIR)$(PREFIX)/bin/; fi; \
	done
	@cp -R scripts workflows jobs schema templates $(DESTDIR)$(PREFIX)/share/duban/
	@chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/share/duban
	@DUBAN_LANG=zh build/duban help --man >build/duban.1
	@install -m 644 build/duban.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	@build/duban help --bash >build/duban.bash
	@install -m 644 build/duban.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/duban
	@install -d $(DESTDIR)$(PREFIX)/share/doc/duban
	@install -m 644 README.md $(wildcard docs/*.md) $(DESTDIR)$(PREFIX)/share/doc/duban/
	@sed 's#@PREFIX@#$(PREFIX)#' docs/systemd/duban.service >build/duban.service
	@install -m 644 build/duban.service $(DESTDIR)$(PREFIX)/lib/systemd/system/

# ---- checks ---------------------------------------------------------------------------------------------------------
C_FILES  = $(shell git ls-files 'host/*.[ch]' 'bench/*.[ch]' 'spec/fakes/*.[ch]')
LUA_DIRS = scripts spec bench docs/example

format:
	@clang-format -i $(C_FILES)

lint:
	@luacheck --quiet --no-color $(LUA_DIRS)

check:
	$(call install,$(PACKAGES) $(CHECKERS))
	@$(MAKE) --no-print-directory -j2 build/duban build/test/duban
	@clang-format --dry-run -Werror $(C_FILES)
	@$(MAKE) --no-print-directory tidy
	@$(BUSTED) --exclude-tags=slow spec

# Only what changed since the last commit on main: a whole run takes minutes.
tidy:
	@changed="$$(git diff --name-only HEAD -- 'host/*.c')"; \
	if [ -n "$$changed" ]; then clang-tidy --quiet $$changed -- $(CFLAGS) 2>/dev/null; fi

# All of it; each file is a target of its own, so that -j2 takes two at a time.
tidy/%: host/%.c
	@clang-tidy --quiet $< -- $(CFLAGS) 2>/dev/null

tidy-all: $(patsubst host/%,tidy/%,$(basename $(SOURCES)))

test: deps
	@$(MAKE) --no-print-directory -j2 build/duban build/test/duban
	@$(BUSTED) spec

# ---- measures and long sweeps ---------------------------------------------------------------------------------------
RIG      = $(filter-out build/release/main.o,$(patsubst host/%.c,build/release/%.o,$(SOURCES)))

build/bench/drive build/bench/clients: build/bench/%: bench/%.c $(RIG)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FLAGS_release) $(LDFLAGS) -o $@ $^ $(LIBS)

build/bench/floor: bench/floor.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(WARN) -O2 -o $@ $< -lsqlite3

build/bench/post: bench/post.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(WARN) -O2 -o $@ $< -lcurl

build/bench/hand: bench/hand.c $(patsubst host/%.c,build/release/%.o,$(filter host/base/%,$(COURIER)) host/net/wire.c)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FLAGS_release) $(LDFLAGS) -o $@ $^ -ljansson -lcrypto

bench: deps
	@$(MAKE) --no-print-directory -j2 build/duban build/bench/drive build/bench/clients build/bench/floor build/bench/post \
	  build/bench/hand build/test/fakes
	@build/duban lua bench/run.lua

crash: deps
	@$(MAKE) --no-print-directory -j2 build/duban build/test/duban
	@DUBAN_TRIALS=200 $(BUSTED) spec/crash

SANITIZED = ASAN_OPTIONS=detect_leaks=1 DUBAN_BINARY=build/asan/duban build/asan/duban lua $(REPORTED)
VALGRIND  = valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite

# Long sweeps: refolded histories; every binary, host and specs alike, under ASan, UBSan and LSan; nonsense from
# workers; the bindings under valgrind, whose slowness the sandbox's own limits would not survive.
check-deep: deps
	$(call install,$(DEEP) $(CHECKERS))
	@$(MAKE) --no-print-directory -j2 build/duban build/test/duban build/asan/duban
	@$(MAKE) --no-print-directory -j2 tidy-all
	@DUBAN_HISTORIES=10000 $(BUSTED) spec/scripts/engine
	@$(SANITIZED) spec/host
	@$(SANITIZED) spec/cli
	@DUBAN_FUZZ=200 $(BUSTED) spec/deep
	@DUBAN_FUZZ=40 $(SANITIZED) spec/deep
	@$(VALGRIND) build/test/duban lua $(REPORTED) $(sort $(wildcard spec/host/api_*_spec.lua))

.PHONY: all deps run install language format lint check tidy tidy-all test bench crash check-deep
