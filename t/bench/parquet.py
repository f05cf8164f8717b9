#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Makes a Parquet file like TPC-H's lineitem and compares bench_parquet with
# DuckDB (one thread), column by column, in turns.
#     parquet.py BENCH_PARQUET [ROWS [CODEC]]      needs pyarrow and duckdb
import os
import subprocess
import sys
import time

import duckdb
import pyarrow
import pyarrow.parquet

bench = sys.argv[1]
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 6000000
codec = sys.argv[3] if len(sys.argv) > 3 else 'snappy'
path = '/tmp/bench_lineitem_%d_%s.parquet' % (rows, codec)


def make():
    con = duckdb.connect()
    con.execute('select setseed(0.5)').fetchall()
    words = """['furiously', 'quickly', 'final', 'ironic', 'deposits',
        'requests', 'accounts', 'pending', 'sleep', 'haggle', 'above', 'the',
        'carefully', 'packages', 'regular', 'express']"""
    word = words + '[1 + (random() * 15)::int]'
    table = con.sql("""select i // 4 * 3 as l_orderkey,
        1 + (random() * 200000)::bigint as l_partkey,
        1 + (random() * 10000)::bigint as l_suppkey,
        (i %% 7 + 1)::int as l_linenumber,
        1 + (random() * 49)::int::double as l_quantity,
        (900 + random() * 104000)::decimal(15, 2) as l_extendedprice,
        (900 + random() * 104000) as l_price_double,
        (random() * 10)::int / 100 as l_discount,
        ['R', 'A', 'N'][1 + (random() * 2)::int] as l_returnflag,
        ['O', 'F'][1 + (random() * 1)::int] as l_linestatus,
        date '1992-01-01' + (random() * 2525)::int as l_shipdate,
        date '1992-01-31' + (random() * 2495)::int as l_commitdate,
        ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN']
        [1 + (random() * 3)::int] as l_shipinstruct,
        concat_ws(' ', %s, %s, %s, %s)[:10 + i %% 34] as l_comment
        from range(%d) t(i)""" % (word, word, word, word, rows)).to_arrow_table()
    pyarrow.parquet.write_table(table, path, compression=codec,
                                row_group_size=1 << 20)


def total(column):
    """Something cheap that needs every value, as bench_parquet's sums."""
    if column in ('l_returnflag', 'l_linestatus', 'l_shipinstruct',
                  'l_comment'):
        return 'sum(strlen(%s))' % column
    if column.endswith('date'):
        return "sum(%s - date '1970-01-01')" % column
    return 'sum(%s)' % column


def duck(con, column):
    t = time.perf_counter()
    con.execute("select %s from read_parquet('%s')" %
                (', '.join(total(c) for c in column), path)).fetchall()
    return (time.perf_counter() - t) * 1e3


if not os.path.exists(path):
    make()
con = duckdb.connect()
con.execute('set threads = 1')
names = pyarrow.parquet.ParquetFile(path).schema_arrow.names
print('%-16s %9s %9s %6s' % ('column', 'ours ms', 'DuckDB ms', 'ratio'))
for column in names + [names]:
    group = column if isinstance(column, list) else [column]
    ours, theirs = 1e9, 1e9
    for i in range(3):
        out = subprocess.run([bench, path, '2', *group], text=True,
                             capture_output=True, check=True).stdout
        ours = min(ours, float(out.split('\n')[-2].split('\t')[1].split()[0]))
        theirs = min(theirs, duck(con, group))
    label = 'all' if isinstance(column, list) else column
    print('%-16s %9.1f %9.1f %6.2f' % (label, ours, theirs, theirs / ours))
