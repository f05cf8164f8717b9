check_PROGRAMS += t/unit/type/type
t_unit_type_type_SOURCES = t/unit/type/type.c
t_unit_type_type_LDADD = libtap.a libtype.a libbase.a $(XXHASH_LIBS)
