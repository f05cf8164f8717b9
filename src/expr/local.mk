noinst_LIBRARIES += libexpr.a
libexpr_a_SOURCES =
