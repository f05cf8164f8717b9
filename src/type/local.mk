noinst_LIBRARIES += libtype.a
libtype_a_SOURCES =
