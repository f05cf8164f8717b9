noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	src/cli/cli.c src/cli/cli.h \
	src/cli/complete.c src/cli/complete.h \
	src/cli/format.c src/cli/format.h \
	src/cli/interactive.c src/cli/interactive.h \
	src/cli/run.c src/cli/run.h \
	src/cli/width.c src/cli/width.h
