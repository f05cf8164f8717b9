noinst_LIBRARIES += libfunc.a
libfunc_a_SOURCES = \
	src/func/agg.c src/func/agg.h \
	src/func/agg_array.c \
	src/func/agg_bits.c \
	src/func/agg_checksum.c \
	src/func/agg_corr.c \
	src/func/agg_count.c \
	src/func/agg_distinct.c \
	src/func/agg_frequent.c \
	src/func/agg_hash.c src/func/agg_hash.h \
	src/func/agg_map.c \
	src/func/agg_minmax.c \
	src/func/agg_moment.c \
	src/func/agg_n.c \
	src/func/agg_number.h \
	src/func/agg_numeric_histogram.c \
	src/func/agg_percentile.c \
	src/func/agg_reduce.c \
	src/func/agg_sum.c \
	src/func/agg_sum_number.c \
	src/func/agg_table.c src/func/agg_table.h \
	src/func/agg_text.c \
	src/func/arith_decimal.c \
	src/func/arith_float.c \
	src/func/arith_int.c \
	src/func/array_make.c \
	src/func/array_part.c \
	src/func/array_set.c \
	src/func/binary.c \
	src/func/bitwise.c \
	src/func/cast.c src/func/cast.h src/func/cast_priv.h \
	src/func/cast_json.c \
	src/func/cast_number.c \
	src/func/cast_text.c \
	src/func/cast_time.c \
	src/func/choose.c \
	src/func/color.c \
	src/func/compare.c src/func/compare.h \
	src/func/datetime.c src/func/datetime.h \
	src/func/datetime_arith.c \
	src/func/datetime_field.c \
	src/func/datetime_format.c \
	src/func/datetime_unit.c \
	src/func/datetime_zone.c \
	src/func/joda.c src/func/joda.h \
	src/func/joda_iso.c \
	src/func/joda_parse.c \
	src/func/joda_zone.c \
	src/func/digest.c src/func/digest.h \
	src/func/digest_hash.c \
	src/func/eval.c \
	src/func/find.c \
	src/func/format.c src/func/format.h \
	src/func/format_parse.c \
	src/func/format_print.c \
	src/func/func.c src/func/func.h \
	src/func/hll.c src/func/hll.h \
	src/func/hll_bias.c \
	src/func/hll_raw.c \
	src/func/kernel.h \
	src/func/json_func.c \
	src/func/json_read.c src/func/json_read.h \
	src/func/lambda_fold.c \
	src/func/lambda_list.c \
	src/func/like.c \
	src/func/list.c src/func/list.h \
	src/func/map.c \
	src/func/math.c \
	src/func/math_exact.c \
	src/func/math_number.c \
	src/func/regexp.c src/func/regexp.h \
	src/func/regexp_class.c \
	src/func/regexp_func.c \
	src/func/regexp_parse.c \
	src/func/regexp_replace.c \
	src/func/regexp_rows.h \
	src/func/search.c src/func/search.h \
	src/func/select_table.h \
	src/func/signature.c src/func/signature.h \
	src/func/signature_bind.c \
	src/func/tables.h \
	src/func/sketch.c \
	src/func/tdigest.c src/func/tdigest.h \
	src/func/text_basic.c \
	src/func/text_edit.c \
	src/func/text_part.c \
	src/func/units.c
