check_PROGRAMS += t/unit/base/base
t_unit_base_base_SOURCES = t/unit/base/base.c
t_unit_base_base_LDADD = libtap.a libbase.a $(XXHASH_LIBS)
check_PROGRAMS += t/unit/base/mpack
t_unit_base_mpack_SOURCES = t/unit/base/mpack.c
t_unit_base_mpack_LDADD = libtap.a libbase.a $(XXHASH_LIBS)
