noinst_LIBRARIES += libsql.a
libsql_a_SOURCES = \
	src/sql/ast.h src/sql/ast_expr.h src/sql/ast_grant.h \
	src/sql/ast_json.h src/sql/ast_query.h src/sql/ast_stmt.h \
	src/sql/ast_window.h \
	src/sql/parse.h \
	src/sql/print.h
