CONN_TEST_LIBS = libtap.a libconn.a libfmt.a libexpr.a libfunc.a libpage.a \
	libtype.a libmem.a librt.a libbase.a

check_PROGRAMS += t/unit/conn/tpch
t_unit_conn_tpch_SOURCES = t/unit/conn/tpch.c t/unit/conn/tpch_sums.h
t_unit_conn_tpch_LDADD = $(CONN_TEST_LIBS) $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/conn/memory
t_unit_conn_memory_SOURCES = t/unit/conn/memory.c t/unit/conn/tpch_sums.h \
	t/unit/conn/harness.c t/unit/conn/harness.h
t_unit_conn_memory_LDADD = $(CONN_TEST_LIBS) $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/conn/system
t_unit_conn_system_SOURCES = t/unit/conn/system.c
t_unit_conn_system_LDADD = $(CONN_TEST_LIBS) $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/conn/memory_types
t_unit_conn_memory_types_SOURCES = t/unit/conn/memory_types.c \
	t/unit/conn/harness.c t/unit/conn/harness.h
t_unit_conn_memory_types_LDADD = $(CONN_TEST_LIBS) $(SYSTEM_LIBS)
