check_PROGRAMS += t/unit/mem/pool
t_unit_mem_pool_SOURCES = t/unit/mem/pool.c
t_unit_mem_pool_LDADD = libtap.a libmem.a libbase.a $(XXHASH_LIBS) \
	$(JEMALLOC_LIBS)
check_PROGRAMS += t/unit/mem/spill
t_unit_mem_spill_SOURCES = t/unit/mem/spill.c
t_unit_mem_spill_LDADD = libtap.a libmem.a librt.a libbase.a $(UV_LIBS) \
	$(XXHASH_LIBS) $(JEMALLOC_LIBS)
