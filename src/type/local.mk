noinst_LIBRARIES += libtype.a
libtype_a_SOURCES = \
	src/type/cast.c \
	src/type/coerce.c src/type/coerce.h \
	src/type/decimal.c src/type/decimal.h \
	src/type/decimal_text.c \
	src/type/float.h src/type/float_parse.c \
	src/type/float_print.c \
	src/type/float_table.c src/type/float_table.h \
	src/type/float_varchar.c \
	src/type/time.h \
	src/type/type.c src/type/type.h \
	src/type/type_parse.c \
	src/type/type_print.c \
	src/type/value.h
