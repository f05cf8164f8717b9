#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Makes CSV files and reads them with bench_csv and with DuckDB on one thread.
#
#     bench_csv.py BENCH_CSV [FOLDER]
import os
import subprocess
import sys
import time

import duckdb

bench = sys.argv[1]
folder = sys.argv[2] if len(sys.argv) > 2 else "."


def plain(path, n=1500000):
    names = ["apple", "pear", "a somewhat longer product name", "fig", "kiwi"]
    with open(path, "w") as f:
        f.write("id,name,price,qty,day,ts,flag\n")
        for i in range(n):
            f.write("%d,%s,%.2f,%d,%04d-%02d-%02d,"
                    "2024-%02d-%02d %02d:%02d:%02d,%s\n" % (
                        i, names[i % 5], (i * 37 % 100000) / 100, i % 50,
                        1990 + i % 40, 1 + i % 12, 1 + i % 28, 1 + i % 12,
                        1 + i % 28, i % 24, i % 60, i * 7 % 60,
                        "true" if i % 3 else "false"))


def quoted(path, n=800000):
    with open(path, "w") as f:
        f.write("id,name,text,n\n")
        for i in range(n):
            if i % 4 == 0:
                f.write('%d,"product, %d","he said ""hi"" on\nday %d",%d\n'
                        % (i, i, i % 31, i * 3 % 1000))
            else:
                f.write('%d,"p%d","some text, with commas",%d\n'
                        % (i, i, i % 9))


def ask(con, name, sql, size):
    best = 1e9
    for _ in range(3):
        start = time.time()
        con.execute(sql).fetchall()
        best = min(best, time.time() - start)
    print("  duckdb %-17s %8.4f s %8.3f GB/s" % (name, best,
                                                 size / best / 1e9))


con = duckdb.connect()
con.execute("SET threads = 1")
for make in plain, quoted:
    path = os.path.join(folder, "bench_%s.csv" % make.__name__)
    if not os.path.exists(path):
        make(path)
    size = os.path.getsize(path)
    print("%s: %.1f MB" % (path, size / 1e6), flush=True)
    subprocess.run([bench, path, "5"], check=True)
    source = "read_csv('%s')" % path
    columns = [r[0] for r in con.execute("DESCRIBE FROM " + source)
               .fetchall()]
    ask(con, "(count)", "SELECT count(*) FROM " + source, size)
    ask(con, "(all)", "SELECT " + ", ".join(
        'max("%s")' % c for c in columns) + " FROM " + source, size)
