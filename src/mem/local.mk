noinst_LIBRARIES += libmem.a
libmem_a_SOURCES =
