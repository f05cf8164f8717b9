check_PROGRAMS += t/unit/base/base
t_unit_base_base_SOURCES = t/unit/base/base.c
t_unit_base_base_LDADD = libtap.a libbase.a $(XXHASH_LIBS)
