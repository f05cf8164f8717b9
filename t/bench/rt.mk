EXTRA_PROGRAMS += t/bench/bench_actor t/bench/bench_exchange
t_bench_bench_actor_SOURCES = t/bench/bench_actor.c
t_bench_bench_actor_LDADD = librt.a libbase.a $(UV_LIBS) $(XXHASH_LIBS) \
	$(JEMALLOC_LIBS)
t_bench_bench_exchange_SOURCES = t/bench/bench_exchange.c
t_bench_bench_exchange_LDADD = $(NET_TEST_LIBS)
