noinst_LIBRARIES += libclient.a
libclient_a_SOURCES = \
	src/client/client.h \
	src/client/http_batch.c src/client/http_batch.h \
	src/client/http_client.c src/client/http_client.h \
	src/client/http_connection.c src/client/http_connection.h \
	src/client/json_cursor.c src/client/json_cursor.h \
	src/client/session.c
