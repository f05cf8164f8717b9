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
include t/unit/expr/local.mk
include t/unit/fmt/local.mk
include t/unit/plan/local.mk
include t/unit/client/local.mk
include t/unit/cli/local.mk
include t/unit/ops/local.mk
include t/bench/rt.mk

# All tests, by prove, whose closing lines say how it went.
SCRIPT_TESTS = t/00-layers.t t/00-style.t t/40-golden.t
EXTRA_DIST += $(SCRIPT_TESTS) t/lib/Quern.pm
check-local: all $(check_PROGRAMS)
	cd $(srcdir) && QUERN_BUILD=$(abs_builddir) \
	    QUERN=$(abs_builddir)/quern top_srcdir=$(abs_top_srcdir) \
	    prove --exec '' -j 2 $(TEST_FLAGS) \
	    $(check_PROGRAMS:%=$(abs_builddir)/%) $(SCRIPT_TESTS)
.PHONY: unit
unit: $(check_PROGRAMS)
	cd $(srcdir) && top_srcdir=$(abs_top_srcdir) prove --exec '' -j 2 \
	    $(check_PROGRAMS:%=$(abs_builddir)/%)
