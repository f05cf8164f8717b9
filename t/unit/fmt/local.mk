FMT_TEST_LIBS = libtap.a libfmt.a libexpr.a libfunc.a libpage.a libtype.a \
	libmem.a librt.a libbase.a $(SYSTEM_LIBS)
check_PROGRAMS += t/unit/fmt/parquet t/fuzz/fuzz_parquet
t_unit_fmt_parquet_SOURCES = t/unit/fmt/parquet.c t/fuzz/memory_env.c \
	t/fuzz/memory_env.h
t_unit_fmt_parquet_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/t/fuzz
t_unit_fmt_parquet_LDADD = $(FMT_TEST_LIBS)
t_fuzz_fuzz_parquet_SOURCES = t/fuzz/fuzz_parquet.c t/fuzz/memory_env.c \
	t/fuzz/memory_env.h
t_fuzz_fuzz_parquet_LDADD = $(FMT_TEST_LIBS)
EXTRA_PROGRAMS += t/bench/bench_parquet
t_bench_bench_parquet_SOURCES = t/bench/bench_parquet.c
t_bench_bench_parquet_LDADD = $(FMT_TEST_LIBS)
EXTRA_DIST += t/bench/parquet.py t/data/make_parquet.py \
	t/data/flat.parquet t/data/flat_gzip.parquet \
	t/data/flat_v2.parquet t/data/nested.parquet \
	t/data/nested_v2.parquet

check_PROGRAMS += t/unit/fmt/csv t/fuzz/fuzz_csv
t_unit_fmt_csv_SOURCES = t/unit/fmt/csv.c t/fuzz/memory_env.c \
	t/fuzz/memory_env.h
t_unit_fmt_csv_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/t/fuzz
t_unit_fmt_csv_LDADD = $(FMT_TEST_LIBS)
t_fuzz_fuzz_csv_SOURCES = t/fuzz/fuzz_csv.c t/fuzz/memory_env.c \
	t/fuzz/memory_env.h
t_fuzz_fuzz_csv_LDADD = $(FMT_TEST_LIBS)
EXTRA_PROGRAMS += t/bench/bench_csv
t_bench_bench_csv_SOURCES = t/bench/bench_csv.c
t_bench_bench_csv_LDADD = $(FMT_TEST_LIBS)
EXTRA_DIST += t/bench/bench_csv.py
