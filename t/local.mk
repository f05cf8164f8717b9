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
include t/unit/ops/local.mk
include t/bench/rt.mk
