noinst_LIBRARIES += libpage.a
libpage_a_SOURCES = \
	src/page/build.c src/page/build.h \
	src/page/compare.c src/page/compare.h \
	src/page/hash.c \
	src/page/page.c src/page/page.h \
	src/page/serde.c src/page/serde.h src/page/serde_priv.h \
	src/page/serde_read.c \
	src/page/vec.c src/page/vec.h src/page/vec_priv.h \
	src/page/vec_select.c
