TYPE_LDADD = libtap.a libtype.a libbase.a $(XXHASH_LIBS) $(UTF8PROC_LIBS) -lm

check_PROGRAMS += t/unit/type/type t/unit/type/decimal t/unit/type/float
t_unit_type_type_SOURCES = t/unit/type/type.c
t_unit_type_type_LDADD = $(TYPE_LDADD)
t_unit_type_decimal_SOURCES = t/unit/type/decimal.c
t_unit_type_decimal_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTESTDIR='"$(top_srcdir)/t/unit/type"'
t_unit_type_decimal_LDADD = $(TYPE_LDADD)
t_unit_type_float_SOURCES = t/unit/type/float.c
t_unit_type_float_LDADD = $(TYPE_LDADD)
EXTRA_DIST += t/unit/type/decimal.txt
