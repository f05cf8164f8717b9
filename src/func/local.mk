noinst_LIBRARIES += libfunc.a
libfunc_a_SOURCES =
