#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Writes the Parquet files of this folder (needs pyarrow).  What is in them is
# a formula of the row number, which t/unit/fmt/parquet.c knows too.
import decimal
import os

import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))


def flat(n):
    rows = range(n)
    return pa.table({
        'id': pa.array(rows, pa.int64()),
        'v': pa.array([None if i % 7 == 3 else i * 31 % 1000 for i in rows],
                      pa.int32()),
        's': pa.array([None if i % 11 == 0 else 'name-%d' % (i % 50)
                       for i in rows]),
        't': pa.array(['text of row %d' % i for i in rows]),
        'd': pa.array([i / 4 for i in rows], pa.float64()),
        'm': pa.array([decimal.Decimal(i * 3 - 100).scaleb(-2)
                       for i in rows], pa.decimal128(12, 2)),
        'b': pa.array([i % 3 == 0 for i in rows]),
    }, schema=pa.schema([
        pa.field('id', pa.int64(), nullable=False),
        pa.field('v', pa.int32()), pa.field('s', pa.string()),
        pa.field('t', pa.string()), pa.field('d', pa.float64()),
        pa.field('m', pa.decimal128(12, 2)), pa.field('b', pa.bool_())]))


def nested(n):
    rows = range(n)
    return pa.table({
        'id': pa.array(rows, pa.int64()),
        'l': pa.array([None if i % 9 == 5 else
                       [None if j == 2 else i + j for j in range(i % 4)]
                       for i in rows], pa.list_(pa.int32())),
        'r': pa.array([None if i % 5 == 4 else
                       {'x': i, 'y': None if i % 2 else 'y%d' % i}
                       for i in rows],
                      pa.struct([('x', pa.int64()), ('y', pa.string())])),
        'm': pa.array([[('k%d' % j, i * j) for j in range(i % 3)]
                       for i in rows], pa.map_(pa.string(), pa.int64())),
    })


def write(table, name, **options):
    pq.write_table(table, os.path.join(here, name), **options)


write(flat(5000), 'flat.parquet', row_group_size=2000, data_page_size=4096,
      write_page_index=True, write_page_checksum=True,
      use_dictionary=['v', 's'], compression='snappy', write_batch_size=256)
write(flat(5000), 'flat_v2.parquet', data_page_version='2.0',
      data_page_size=4000, use_dictionary=False, compression='zstd',
      column_encoding={'id': 'DELTA_BINARY_PACKED',
                       'v': 'DELTA_BINARY_PACKED',
                       's': 'DELTA_BYTE_ARRAY',
                       't': 'DELTA_LENGTH_BYTE_ARRAY',
                       'd': 'BYTE_STREAM_SPLIT', 'b': 'RLE'})
write(flat(3000), 'flat_gzip.parquet', compression='gzip',
      dictionary_pagesize_limit=2000, data_page_size=2000)
write(nested(1000), 'nested.parquet', data_page_size=500,
      compression='lz4')
write(nested(700), 'nested_v2.parquet', data_page_size=500,
      data_page_version='2.0', compression='brotli')
