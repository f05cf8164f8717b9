check_PROGRAMS += t/unit/func/agg_parts
t_unit_func_agg_parts_SOURCES = t/unit/func/agg_parts.c
t_unit_func_agg_parts_LDADD = libtap.a libfunc.a libpage.a libtype.a libmem.a \
	libbase.a $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/func/bytes
t_unit_func_bytes_SOURCES = t/unit/func/bytes.c
t_unit_func_bytes_LDADD = libtap.a libexpr.a libfunc.a libpage.a \
	libtype.a libmem.a libbase.a $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/func/regexp
t_unit_func_regexp_SOURCES = t/unit/func/regexp.c
t_unit_func_regexp_LDADD = libtap.a libexpr.a libfunc.a libpage.a \
	libtype.a libmem.a libbase.a $(SYSTEM_LIBS)
