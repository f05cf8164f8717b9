noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = \
	src/net/exchange.c src/net/exchange.h src/net/exchange_priv.h \
	src/net/exchange_pull.c \
	src/net/nng_arena.c \
	src/net/nng_ask.c \
	src/net/nng_close.c \
	src/net/nng_frame.c \
	src/net/nng_listen.c \
	src/net/nng_transport.c src/net/nng_transport.h src/net/nng_priv.h \
	src/net/out_buffer.c src/net/out_buffer.h \
	src/net/page_server.c src/net/page_server.h \
	src/net/pull.c src/net/pull.h \
	src/net/text_server.c src/net/text_server.h
