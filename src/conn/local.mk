noinst_LIBRARIES += libconn.a
libconn_a_SOURCES = \
	src/conn/file/file.c src/conn/file/file.h \
	src/conn/file/format.c \
	src/conn/file/path.c \
	src/conn/file/source.c \
	src/conn/file/splits.c \
	src/conn/file/table.c \
	src/conn/blackhole.c \
	src/conn/catalog.c src/conn/catalog.h \
	src/conn/conn.c src/conn/conn.h src/conn/kinds.h \
	src/conn/system_info.h \
	src/conn/memory/alter.c src/conn/memory/column.h \
	src/conn/memory/decode.c \
	src/conn/memory/dict.c src/conn/memory/dict.h \
	src/conn/memory/encode.c \
	src/conn/memory/facts.c \
	src/conn/memory/memory.c src/conn/memory/memory.h \
	src/conn/memory/sink.c src/conn/memory/sketch.h \
	src/conn/memory/source.c \
	src/conn/memory/store.c \
	src/conn/memory/tables.c \
	src/conn/memory/views.c \
	src/conn/memory/write.c \
	src/conn/system/information.c \
	src/conn/system/jdbc.c \
	src/conn/system/runtime.c \
	src/conn/system/source.c \
	src/conn/system/system.c src/conn/system/system.h \
	src/conn/system/tables.c \
	src/conn/system/walk.c \
	src/conn/tpch/dicts.c \
	src/conn/tpch/gen.c \
	src/conn/tpch/gen_entity.c \
	src/conn/tpch/gen_order.c \
	src/conn/tpch/rng.c src/conn/tpch/rng.h \
	src/conn/tpch/source.c \
	src/conn/tpch/stats.c \
	src/conn/tpch/tables.c \
	src/conn/tpch/text.c src/conn/tpch/text.h \
	src/conn/tpch/text_seeds.c \
	src/conn/tpch/tpch.c src/conn/tpch/tpch.h \
	src/conn/tpch/words.c src/conn/tpch/words.h

# Makes src/conn/tpch/text_seeds.c.
EXTRA_PROGRAMS += mkseeds
mkseeds_SOURCES = src/conn/tpch/mkseeds.c
mkseeds_LDADD = libconn.a libmem.a libbase.a $(SYSTEM_LIBS)
