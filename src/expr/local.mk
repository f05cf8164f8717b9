noinst_LIBRARIES += libexpr.a
libexpr_a_SOURCES = \
	src/expr/domain.h \
	src/expr/expr.c src/expr/expr.h \
	src/expr/print.c \
	src/expr/tree.c
