noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
	src/http/results.c src/http/results.h src/http/results_types.c \
	src/http/server.c src/http/server.h src/http/server_priv.h
