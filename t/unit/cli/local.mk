CLI_TEST_LIBS = libtap.a libcli.a libclient.a libbase.a $(EDIT_LIBS) \
	$(UTF8PROC_LIBS) $(XXHASH_LIBS) -lpthread
check_PROGRAMS += t/unit/cli/format
t_unit_cli_format_SOURCES = t/unit/cli/format.c
t_unit_cli_format_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += t/unit/cli/run
t_unit_cli_run_SOURCES = t/unit/cli/run.c
t_unit_cli_run_LDADD = $(CLI_TEST_LIBS)
