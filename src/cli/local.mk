noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	src/cli/cell.c src/cli/cell.h \
	src/cli/cli.c src/cli/cli.h \
	src/cli/complete.c src/cli/complete.h \
	src/cli/format.c src/cli/format.h \
	src/cli/interactive.c src/cli/interactive.h \
	src/cli/interrupt.c src/cli/interrupt.h \
	src/cli/pager.c src/cli/pager.h \
	src/cli/run.c src/cli/run.h \
	src/cli/status.c src/cli/status.h \
	src/cli/width.c src/cli/width.h
