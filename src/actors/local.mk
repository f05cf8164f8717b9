noinst_LIBRARIES += libactors.a
libactors_a_SOURCES =
