noinst_LIBRARIES += libsql.a
libsql_a_SOURCES = \
	src/sql/alter.c \
	src/sql/ast.c src/sql/ast.h src/sql/ast_expr.h src/sql/ast_grant.h \
	src/sql/ast_json.h src/sql/ast_query.h src/sql/ast_stmt.h \
	src/sql/ast_window.h \
	src/sql/call.c \
	src/sql/create.c \
	src/sql/dml.c \
	src/sql/expr.c \
	src/sql/fields.c src/sql/fields.h \
	src/sql/grant.c \
	src/sql/json.c \
	src/sql/keyword.c \
	src/sql/lex.c \
	src/sql/literal.c \
	src/sql/names.c \
	src/sql/parse.c src/sql/parse.h src/sql/parser.h \
	src/sql/pattern.c \
	src/sql/primary.c \
	src/sql/print.c src/sql/print.h src/sql/printer.h \
	src/sql/print_ddl.c \
	src/sql/print_dml.c \
	src/sql/print_expr.c \
	src/sql/print_json.c \
	src/sql/print_query.c \
	src/sql/print_relation.c \
	src/sql/print_routine.c \
	src/sql/print_special.c \
	src/sql/print_stmt.c \
	src/sql/print_window.c \
	src/sql/query.c \
	src/sql/relation.c \
	src/sql/routine.c \
	src/sql/select.c \
	src/sql/show.c \
	src/sql/special.c \
	src/sql/split.c \
	src/sql/statement.c \
	src/sql/token.h \
	src/sql/type.c \
	src/sql/window.c
