noinst_LIBRARIES += libtype.a
libtype_a_SOURCES = \
	src/type/cast.c \
	src/type/coerce.c src/type/coerce.h \
	src/type/decimal.h \
	src/type/time.h \
	src/type/type.c src/type/type.h \
	src/type/type_parse.c \
	src/type/type_print.c \
	src/type/value.h
