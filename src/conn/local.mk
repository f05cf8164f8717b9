noinst_LIBRARIES += libconn.a
libconn_a_SOURCES =
