noinst_LIBRARIES += librt.a
librt_a_SOURCES =
