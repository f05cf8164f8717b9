noinst_LIBRARIES += libfmt.a
libfmt_a_SOURCES = \
	src/fmt/codec.c src/fmt/codec.h \
	src/fmt/csv.h src/fmt/csv_priv.h \
	src/fmt/csv_column.c \
	src/fmt/csv_describe.c \
	src/fmt/csv_inflate.c \
	src/fmt/csv_input.c \
	src/fmt/csv_range.c \
	src/fmt/csv_sniff.c \
	src/fmt/csv_source.c \
	src/fmt/csv_token.c \
	src/fmt/csv_value.c \
	src/fmt/csv_window.c \
	src/fmt/io.c src/fmt/io.h \
	src/fmt/parquet.h src/fmt/parquet_priv.h src/fmt/parquet_scan.h \
	src/fmt/parquet_bits.c src/fmt/parquet_bits.h \
	src/fmt/parquet_cast.c \
	src/fmt/parquet_convert.c src/fmt/parquet_convert.h \
	src/fmt/parquet_delta.c src/fmt/parquet_delta.h \
	src/fmt/parquet_footer.c src/fmt/parquet_footer.h \
	src/fmt/parquet_index.c \
	src/fmt/parquet_meta.c \
	src/fmt/parquet_nested.c \
	src/fmt/parquet_page.c \
	src/fmt/parquet_pages.c src/fmt/parquet_pages.h \
	src/fmt/parquet_prune.c \
	src/fmt/parquet_reader.c src/fmt/parquet_reader.h \
	src/fmt/parquet_schema.c \
	src/fmt/parquet_source.c \
	src/fmt/parquet_spread.c \
	src/fmt/parquet_stats.c \
	src/fmt/parquet_thrift.c src/fmt/parquet_thrift.h \
	src/fmt/parquet_type.c \
	src/fmt/parquet_values.c src/fmt/parquet_values.h \
	src/fmt/snappy.c src/fmt/snappy.h \
	src/fmt/source.h \
	src/fmt/utf8.c src/fmt/utf8.h
