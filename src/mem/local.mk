noinst_LIBRARIES += libmem.a
libmem_a_SOURCES = \
	src/mem/account.c \
	src/mem/block.c \
	src/mem/buf.c src/mem/buf.h \
	src/mem/limit.c \
	src/mem/pool.c src/mem/pool.h src/mem/pool_priv.h \
	src/mem/spill.c src/mem/spill.h
