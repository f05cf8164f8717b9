noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/check.c src/base/check.h \
	src/base/conf.c src/base/conf_text.c src/base/conf.h \
	src/base/env.h \
	src/base/err.c src/base/err.h src/base/err_list.h \
	src/base/hash.c src/base/hash.h \
	src/base/json.c src/base/json.h \
	src/base/log.c src/base/log.h \
	src/base/map.c src/base/map.h \
	src/base/mpack.c src/base/mpack.h \
	src/base/str.c src/base/str.h \
	src/base/wait.c src/base/wait.h
