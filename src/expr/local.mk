noinst_LIBRARIES += libexpr.a
libexpr_a_SOURCES = \
	src/expr/check.c \
	src/expr/code.c src/expr/code.h \
	src/expr/compile.c \
	src/expr/domain.c src/expr/domain.h src/expr/domain_priv.h \
	src/expr/domain_code.c \
	src/expr/domain_extract.c \
	src/expr/expr.c src/expr/expr.h \
	src/expr/fold.c \
	src/expr/in_set.c \
	src/expr/lambda.c \
	src/expr/print.c \
	src/expr/program.h \
	src/expr/program_call.c \
	src/expr/program_eval.c \
	src/expr/program_logic.c \
	src/expr/program_rows.c \
	src/expr/program_run.c \
	src/expr/tree.c
