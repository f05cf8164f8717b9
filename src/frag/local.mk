noinst_LIBRARIES += libfrag.a
libfrag_a_SOURCES = \
	src/frag/frag.c src/frag/frag.h \
	src/frag/frag_check.c \
	src/frag/frag_decode.c \
	src/frag/frag_encode.c
