TYPE_LDADD = libtap.a libtype.a libbase.a $(XXHASH_LIBS) $(UTF8PROC_LIBS) -lm
TYPE_CPPFLAGS = $(AM_CPPFLAGS) -DTESTDIR='"$(top_srcdir)/t/unit/type"'

check_PROGRAMS += t/unit/type/type t/unit/type/decimal t/unit/type/float \
	t/unit/type/number t/unit/type/json t/unit/type/time \
	t/unit/type/value
t_unit_type_type_SOURCES = t/unit/type/type.c
t_unit_type_type_LDADD = $(TYPE_LDADD)
t_unit_type_decimal_SOURCES = t/unit/type/decimal.c
t_unit_type_decimal_CPPFLAGS = $(TYPE_CPPFLAGS)
t_unit_type_decimal_LDADD = $(TYPE_LDADD)
t_unit_type_float_SOURCES = t/unit/type/float.c
t_unit_type_float_LDADD = $(TYPE_LDADD)
t_unit_type_number_SOURCES = t/unit/type/number.c
t_unit_type_number_CPPFLAGS = $(TYPE_CPPFLAGS)
t_unit_type_number_LDADD = $(TYPE_LDADD)
t_unit_type_json_SOURCES = t/unit/type/json.c
t_unit_type_json_LDADD = $(TYPE_LDADD)
t_unit_type_time_SOURCES = t/unit/type/time.c
t_unit_type_time_LDADD = $(TYPE_LDADD)
t_unit_type_value_SOURCES = t/unit/type/value.c
t_unit_type_value_LDADD = $(TYPE_LDADD)
EXTRA_DIST += t/unit/type/decimal.txt t/unit/type/number.txt
