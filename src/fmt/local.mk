noinst_LIBRARIES += libfmt.a
libfmt_a_SOURCES =
