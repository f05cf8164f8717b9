noinst_LIBRARIES += libfrag.a
libfrag_a_SOURCES =
