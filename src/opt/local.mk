noinst_LIBRARIES += libopt.a
libopt_a_SOURCES =
