noinst_LIBRARIES += libnet.a
libnet_a_SOURCES =
libnet_a_SOURCES += src/net/text_server.c src/net/text_server.h
