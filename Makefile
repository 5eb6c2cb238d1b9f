# twofa. For users: all (default), deps, demo, check, install, uninstall.
# For developers: lint, bench, race, poison, growth, crash, faults, far-future,
# oracle, flips, powercut, model, fuzz, coverage, clean; CONF=san builds with the
# address and undefined sanitizers into build/san.

VERSION = 0.2.0-dev
CONF = release
PREFIX = /usr/local
DESTDIR =

CC = cc
AR = ar
PKG_CONFIG = pkg-config
INSTALL = install

OUT.release = build
OUT.san = build/san
OUT.cov = build/cov
OUT = $(OUT.$(CONF))
ifeq ($(OUT),)
$(error CONF is release, san or cov, not '$(CONF)')
endif

bindir = $(PREFIX)/bin
libexecdir = $(PREFIX)/libexec/twofa
mandir = $(PREFIX)/share/man
docdir = $(PREFIX)/share/doc/twofa

# --- flags ------------------------------------------------------------------
# Each flag is used where this compiler knows it.
try = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && \
	echo $(1))

CFLAGS.release = -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
CFLAGS.san = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DTWOFA_SANITIZED
CFLAGS.cov = -O0 --coverage -DTWOFA_SANITIZED
LDFLAGS.san = -fsanitize=address,undefined
LDFLAGS.cov = --coverage

WARNINGS := -Wall -Wextra -Wshadow -Wundef -Wstrict-prototypes \
	-Wmissing-prototypes -Wconversion -Wsign-conversion -Wcast-qual \
	-Wwrite-strings -Wformat=2 -Wvla -Wpointer-arith -Wswitch-enum \
	$(call try,-Wlogical-op) $(call try,-Wduplicated-cond) \
	$(call try,-Wduplicated-branches) $(call try,-Wnull-dereference)
HARDENING := $(call try,-fstack-protector-strong) \
	$(call try,-fstack-clash-protection) $(call try,-fcf-protection) \
	$(call try,-ftrivial-auto-var-init=zero) -fno-common -fPIE

PACKAGES = jansson libsodium libcurl sqlite3 inih
PACKAGE_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PACKAGES))

# Where a time has 32 bits unless 64 are asked for.
TIME64 := $(shell printf '\043include <time.h>\n%s\n' \
	'_Static_assert(sizeof(time_t) >= 8, "");' | \
	$(CC) -std=c11 -x c -c -o /dev/null - 2>/dev/null || \
	echo -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64)

ALL_CPPFLAGS = -I. -I$(OUT)/obj -D_GNU_SOURCE $(TIME64) -DTWOFA_VERSION='"$(VERSION)"' \
	-DTWOFA_LIBEXEC='"$(libexecdir)"' $(PACKAGE_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -g $(CFLAGS.$(CONF)) $(WARNINGS) $(HARDENING) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS.$(CONF)) -pie -Wl,-z,relro -Wl,-z,now \
	-Wl,-z,noexecstack -Wl,--as-needed $(LDFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs jansson libsodium sqlite3 inih)
NET_LIBS = $(LIBS) $(shell $(PKG_CONFIG) --libs libcurl)

# --- what is built ----------------------------------------------------------
NET_SRCS := $(wildcard common/net/*.c)
COMMON_SRCS := $(filter-out $(NET_SRCS),$(wildcard common/*/*.c))
CMD_SRCS := $(shell find cmd -name '*.c')
MAINS := $(wildcard cmd/*/main.c)
PROGRAMS := $(patsubst cmd/%/main.c,%,$(filter cmd/twofa-%,$(MAINS)))
DRIVERS := $(patsubst cmd/%/main.c,%,$(filter-out cmd/twofa-%,$(MAINS)))
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))

COMMON_OBJS = $(COMMON_SRCS:%.c=$(OUT)/obj/%.o)
NET_OBJS = $(NET_SRCS:%.c=$(OUT)/obj/%.o)
CMD_OBJS = $(patsubst %.c,$(OUT)/obj/%.o,$(filter-out $(MAINS),$(CMD_SRCS)))
own = $(patsubst %.c,$(OUT)/obj/%.o,$(filter cmd/$(1)/%,$(CMD_SRCS)))
BINS = $(PROGRAMS:%=$(OUT)/bin/%) $(DRIVERS:%=$(OUT)/libexec/twofa/%)
UNITS = $(UNIT_TESTS:%=$(OUT)/unit/%)
LIB = $(OUT)/libtwofa.a
NETLIB = $(OUT)/libtwofa-net.a
# What the programs are made of but their main(), for tests of a part.
CMDLIB = $(OUT)/libtwofa-cmd.a

all: $(BINS)

# JSON that is compiled in, as the lines of a string.
TEXTS := $(patsubst %,$(OUT)/obj/%.inc,$(shell find cmd -name '*.json'))

$(OUT)/obj/%.json.inc: %.json
	@mkdir -p $(@D)
	sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

$(CMD_OBJS): | $(TEXTS)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What has the version or a directory in it is compiled anew for another one.
has = $(patsubst %.c,$(OUT)/obj/%.o,$(shell grep -l $(1) $(CMD_SRCS) \
	$(COMMON_SRCS) $(NET_SRCS)))
VERSION_STAMP = $(OUT)/stamp/version-$(VERSION)
LIBEXEC_STAMP = $(OUT)/stamp/libexec$(subst /,-,$(libexecdir))

$(call has,TWOFA_VERSION): $(VERSION_STAMP)
$(call has,TWOFA_LIBEXEC): $(LIBEXEC_STAMP)

$(VERSION_STAMP) $(LIBEXEC_STAMP):
	@mkdir -p $(@D)
	@rm -f $(@D)/$(firstword $(subst -, ,$(@F)))-*
	@touch $@

$(LIB): $(COMMON_OBJS)
	@rm -f $@
	$(AR) qcs $@ $(COMMON_OBJS)

$(NETLIB): $(NET_OBJS)
	@rm -f $@
	$(AR) qcs $@ $(NET_OBJS)

$(CMDLIB): $(CMD_OBJS)
	@rm -f $@
	$(AR) qcs $@ $(CMD_OBJS)

.SECONDEXPANSION:
$(OUT)/bin/%: $$(call own,$$*) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/libexec/twofa/%: $$(call own,$$*) $(NETLIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NET_LIBS)

$(OUT)/unit/%: $(OUT)/obj/tests/unit/%.o $(CMDLIB) $(NETLIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(NET_LIBS) -lm

.PRECIOUS: $(OUT)/obj/%.o
-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

units: $(UNITS)

# --- tests ------------------------------------------------------------------
# The tests run what is in $(OUT). What they print is kept in $(OUT)/tests.
deps:
	@sh .ci/deps

demo: deps
	@$(MAKE) -s all
	@sh tests/demo/demo.sh $(OUT)

check: deps
	@$(MAKE) -s --no-print-directory all units fuzz-seeds shim
	@sh tests/run.sh $(OUT)

# Each target of tests/fuzz with its seeds, in plain programs.
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_TIME = 60

# Many programs at once on one PIN, ROUNDS times.
ROUNDS = 100

race: deps
	@$(MAKE) -s --no-print-directory all
	@ROUNDS=$(ROUNDS) sh tests/run.sh $(OUT) tests/race.bats

# Hostile tasks, each alone among good ones, through every program and store:
# half an hour. ONLY=WORD: the programs whose command has it.
poison: deps
	@$(MAKE) -s --no-print-directory all
	@python3 -B tests/poison/poison.py $(OUT) --all --only '$(ONLY)'

# The instructions and the memory for n, 2n and 4n of everything; and that
# builds that grow are found out.
growth: deps
	@$(MAKE) -s --no-print-directory all
	@python3 -B tests/growth/growth.py $(OUT) -v --controls

fuzz-seeds: $(FUZZERS:%=$(OUT)/fuzz/%)

$(OUT)/fuzz/%: $(OUT)/obj/tests/fuzz/fuzz_%.o $(OUT)/obj/tests/fuzz/replay.o \
		$(CMDLIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# With libFuzzer, FUZZ_TIME seconds a target.
fuzz: $(TEXTS)
	sh tests/fuzz/fuzz.sh build/fuzz $(FUZZ_TIME) $(FUZZERS)

# Each program killed before each of its system calls, and run again: minutes.
crash: deps
	@$(MAKE) -s all
	@TWOFA_BUILD=$(OUT) sh tests/crash/crash.sh

# Whatever fails, and however little room there is: no guess costs nothing.
oracle: deps
	@$(MAKE) -s --no-print-directory all shim
	@TWOFA_BUILD=$(OUT) sh tests/oracle/oracle.sh

# Every system call and every allocation made to fail in turn, in a quarter of
# an hour; ONLY=SCENARIO or ONLY=SCENARIO/POINT: one part, or one fault again.
faults: deps
	@$(MAKE) -s --no-print-directory all shim
	python3 tests/faults/faults.py $(OUT) $(ONLY:%=--only %) $(FAULTS)

shim: $(OUT)/faults/shim.so

# Not hardened: it stands in for read(2) and malloc(3) themselves.
$(OUT)/faults/shim.so: tests/faults/shim.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 -fPIC -shared -o $@ $< -ldl

# The tests with clocks of 2037, 2038, 2040 and 2106; TESTS=...: those alone.
far-future: deps $(OUT)/far-future/clock.so
	@$(MAKE) -s --no-print-directory all
	@sh tests/far-future/far-future.sh $(OUT) $(TESTS)

$(OUT)/far-future/clock.so: tests/far-future/clock.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 -fPIC -shared -o $@ $< -ldl

bench: deps
	@sh .ci/deps bench
	@$(MAKE) -s all
	@sh tests/bench/bench.sh $(OUT)
	@sh tests/bench/ledger.sh $(OUT)

# One bit of a ledger wrong at a time: every EVERYth, in a quarter of an hour.
EVERY = 7

flips: deps
	@$(MAKE) -s --no-print-directory all
	@python3 tests/flips/flips.py $(OUT) --every $(EVERY)

.PHONY: flips

# The protocols of sending and verifying, in every order of their steps.
model:
	@sh .ci/deps model
	@sh tests/model/run.sh

# Every state in which a power cut may leave the files; and that builds which do
# not sync as they must are found out.
powercut: deps
	@$(MAKE) -s --no-print-directory all
	@python3 -B tests/powercut/powercut.py $(OUT)

lint:
	@sh .ci/deps lint
	@sh tests/lint/lint.sh

coverage:
	@$(MAKE) --no-print-directory check CONF=cov
	@sh tests/lint/coverage.sh build/cov

compile_commands.json: Makefile $(TEXTS)
	@sh tests/lint/compile-commands.sh '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' >$@

# --- installation -----------------------------------------------------------
# Directories that were not there are written down, so that uninstall takes
# those away again, once they are empty, and no others but its own.
DIRS = $(bindir) $(libexecdir) $(mandir)/man1 $(mandir)/man5 \
	$(mandir)/man7 $(docdir)/examples
MADE = $(DESTDIR)$(docdir)/folders

install: all
	@made=; for dir in $(DIRS); do \
		above=$$dir; \
		while [ -n "$$above" ] && [ ! -d "$(DESTDIR)$$above" ]; do \
			made="$$made $$above"; above=$${above%/*}; \
		done; \
		$(INSTALL) -d -m 755 "$(DESTDIR)$$dir" || exit; \
	done; for dir in $$made; do \
		chmod 755 "$(DESTDIR)$$dir" && echo "$$dir" || exit; \
	done | sort >>"$(MADE)"
	chmod 644 "$(MADE)"
	$(INSTALL) -m 755 $(PROGRAMS:%=$(OUT)/bin/%) $(DESTDIR)$(bindir)
	$(INSTALL) -m 755 $(DRIVERS:%=$(OUT)/libexec/twofa/%) \
		$(DESTDIR)$(libexecdir)
	$(INSTALL) -m 644 man/*.1 $(DESTDIR)$(mandir)/man1
	$(INSTALL) -m 644 man/*.5 $(DESTDIR)$(mandir)/man5
	$(INSTALL) -m 644 man/*.7 $(DESTDIR)$(mandir)/man7
	$(INSTALL) -m 644 README.md NEWS.md LICENSE $(DESTDIR)$(docdir)
	$(INSTALL) -m 644 man/examples/* $(DESTDIR)$(docdir)/examples

# A directory that still holds something, such as a driver of somebody else, stays.
uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(bindir)/%) \
		$(DRIVERS:%=$(DESTDIR)$(libexecdir)/%)
	rm -f $(patsubst man/%.1,$(DESTDIR)$(mandir)/man1/%.1,$(wildcard man/*.1))
	rm -f $(patsubst man/%.5,$(DESTDIR)$(mandir)/man5/%.5,$(wildcard man/*.5))
	rm -f $(patsubst man/%.7,$(DESTDIR)$(mandir)/man7/%.7,$(wildcard man/*.7))
	rm -f $(patsubst man/%,$(DESTDIR)$(docdir)/%,$(wildcard man/examples/*)) \
		$(addprefix $(DESTDIR)$(docdir)/,README.md NEWS.md LICENSE)
	@made=$$(sort -r "$(MADE)" 2>/dev/null); rm -f "$(MADE)"; \
	for dir in $(docdir)/examples $(docdir) $(libexecdir) $$made; do \
		rmdir "$(DESTDIR)$$dir" 2>/dev/null || :; \
	done

clean:
	rm -rf build compile_commands.json

.PHONY: all units deps demo check fuzz-seeds fuzz bench race poison growth \
	crash faults far-future oracle shim powercut model lint coverage install uninstall \
	clean
