SQL_TEST_LIBS = libtap.a libsql.a libbase.a $(XXHASH_LIBS)
check_PROGRAMS += t/unit/sql/lex t/unit/sql/parse t/unit/sql/errors \
	t/unit/sql/print t/unit/sql/golden t/fuzz/fuzz_sql
t_unit_sql_lex_SOURCES = t/unit/sql/lex.c
t_unit_sql_lex_LDADD = $(SQL_TEST_LIBS)
t_unit_sql_parse_SOURCES = t/unit/sql/parse.c
t_unit_sql_parse_LDADD = $(SQL_TEST_LIBS)
t_unit_sql_errors_SOURCES = t/unit/sql/errors.c
t_unit_sql_errors_LDADD = $(SQL_TEST_LIBS)
t_unit_sql_print_SOURCES = t/unit/sql/print.c t/unit/sql/corpus.c \
	t/unit/sql/corpus.h
t_unit_sql_print_LDADD = $(SQL_TEST_LIBS)
t_unit_sql_golden_SOURCES = t/unit/sql/golden.c t/unit/sql/corpus.c \
	t/unit/sql/corpus.h
t_unit_sql_golden_LDADD = $(SQL_TEST_LIBS) $(JANSSON_LIBS)
t_unit_sql_golden_CPPFLAGS = $(AM_CPPFLAGS) \
	-DGOLDEN_DIR='"$(top_srcdir)/t/golden"'
t_fuzz_fuzz_sql_SOURCES = t/fuzz/fuzz_sql.c t/unit/sql/corpus.c \
	t/unit/sql/corpus.h
t_fuzz_fuzz_sql_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/t/unit/sql
t_fuzz_fuzz_sql_LDADD = $(SQL_TEST_LIBS)
