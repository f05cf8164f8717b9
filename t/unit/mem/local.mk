check_PROGRAMS += t/unit/mem/pool
t_unit_mem_pool_SOURCES = t/unit/mem/pool.c
t_unit_mem_pool_LDADD = libtap.a libmem.a libbase.a $(XXHASH_LIBS) \
	$(JEMALLOC_LIBS)
