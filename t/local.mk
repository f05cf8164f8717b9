# Tests: C programs under t/unit mirror src/ and print TAP; scripts are *.t.
check_LIBRARIES = libtap.a
libtap_a_SOURCES = t/lib/tap.c t/lib/tap.h

include t/unit/base/local.mk
include t/unit/type/local.mk
include t/unit/page/local.mk
include t/unit/sql/local.mk
include t/unit/mem/local.mk
include t/unit/rt/local.mk
include t/unit/conn/local.mk
include t/unit/net/local.mk
include t/unit/func/local.mk
include t/unit/expr/local.mk
include t/unit/fmt/local.mk
include t/unit/plan/local.mk
include t/unit/client/local.mk
include t/unit/cli/local.mk
include t/unit/ops/local.mk
include t/unit/frag/local.mk
include t/bench/rt.mk

# All tests, by prove, whose closing lines say how it went.  With
# SANITIZED_BUILD=DIR, a build directory --with-sanitizer=address,undefined,
# its C programs run as well.
SCRIPT_TESTS = t/00-layers.t t/00-style.t t/10-man.t t/20-units.t t/40-golden.t t/50-cluster.t t/55-daemon.t
EXTRA_DIST += $(SCRIPT_TESTS) t/lib/Quern.pm t/lib/terminal.py t/golden t/data/make_demo.py \
	t/data/cities.csv t/data/orders.parquet
PROVE = prove --exec '' -j 2
TEST_ENV = QUERN_BUILD=$(abs_builddir) QUERN=$(abs_builddir)/quern \
	top_srcdir=$(abs_top_srcdir) ASAN_OPTIONS=detect_leaks=1 \
	UBSAN_OPTIONS=print_stacktrace=1
C_TESTS = $(check_PROGRAMS:%=$(abs_builddir)/%)
SANITIZED_TESTS = $(check_PROGRAMS:%=$(SANITIZED_BUILD)/%)

check-local: all $(check_PROGRAMS)
	cd $(srcdir) && $(TEST_ENV) $(PROVE) $(TEST_FLAGS) $(C_TESTS) \
	    $$(test -z "$(SANITIZED_BUILD)" || echo $(SANITIZED_TESTS)) \
	    $(SCRIPT_TESTS)
.PHONY: unit programs
programs: $(check_PROGRAMS)
unit: programs
	cd $(srcdir) && $(TEST_ENV) $(PROVE) $(TEST_FLAGS) $(C_TESTS)

# Long ones, by hand: simulated clusters from many seeds, mutated inputs, and
# the benchmarks (which need the Python package duckdb).
SOAK_SEEDS = 10000
FUZZ_TIMES = 100000
.PHONY: soak fuzz bench
soak: t/unit/rt/sim
	QUERN_SEEDS=$(SOAK_SEEDS) t/unit/rt/sim
fuzz: t/fuzz/fuzz_sql t/fuzz/fuzz_parquet t/fuzz/fuzz_csv
	t/fuzz/fuzz_sql $(FUZZ_TIMES) 1
	t/fuzz/fuzz_parquet $(FUZZ_TIMES) 1 \
	    $$(find $(srcdir)/t/golden/files/parquet -name '*.parquet')
	t/fuzz/fuzz_csv $(FUZZ_TIMES) 1 $(srcdir)/t/golden/files/csv/*.csv
bench: quern
	QUERN=$(abs_builddir)/quern $(srcdir)/t/bench/tpch.py
EXTRA_DIST += t/bench/tpch.py
