check_PROGRAMS += t/unit/net/out_buffer t/unit/net/exchange \
	t/unit/net/transport
NET_TEST_LIBS = libtap.a libnet.a libmem.a librt.a libbase.a $(UV_LIBS) \
	$(NNG_LIBS) $(LZ4_LIBS) $(OPENSSL_LIBS) $(XXHASH_LIBS) \
	$(JEMALLOC_LIBS)
t_unit_net_out_buffer_SOURCES = t/unit/net/out_buffer.c t/unit/net/items.h
t_unit_net_out_buffer_LDADD = $(NET_TEST_LIBS)
t_unit_net_exchange_SOURCES = t/unit/net/exchange.c t/unit/net/items.h
t_unit_net_exchange_LDADD = $(NET_TEST_LIBS)
t_unit_net_transport_SOURCES = t/unit/net/transport.c
t_unit_net_transport_LDADD = $(NET_TEST_LIBS)
