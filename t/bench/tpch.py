#!/usr/bin/env python3
"""TPC-H queries on quern and on DuckDB, interleaved, in one run.

usage: tpch.py [--quern PATH] [--data DIR] [--rounds N] [--queries 1,3,6,12,14] [--threads 1,2] [--from memory,parquet]

Makes the data once (scale factor 1, decimals, by quern's tpch connector; as Parquet files by DuckDB, snappy) below --data.
Prints, per query, where from and threads: the median milliseconds of both and the median of the interleaved ratios quern/duckdb.
Needs the Python package duckdb (pinned: 2.0.0)."""
import argparse, http.client, json, os, statistics, subprocess, sys, tempfile, time

TABLES = ['lineitem', 'orders', 'customer', 'part', 'supplier', 'partsupp', 'nation', 'region']
QUERIES = {
 1: """SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, sum(l_extendedprice) AS sum_base_price, sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
       sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge, avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc, count(*) AS count_order
       FROM {lineitem} WHERE l_shipdate <= DATE '1998-09-02' GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus""",
 3: """SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority FROM {customer}, {orders}, {lineitem}
       WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
       GROUP BY l_orderkey, o_orderdate, o_shippriority ORDER BY revenue DESC, o_orderdate LIMIT 10""",
 6: """SELECT sum(l_extendedprice * l_discount) AS revenue FROM {lineitem}
       WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24""",
 12: """SELECT l_shipmode, sum(CASE WHEN o_orderpriority = '1-URGENT' OR o_orderpriority = '2-HIGH' THEN 1 ELSE 0 END) AS high_line_count,
       sum(CASE WHEN o_orderpriority <> '1-URGENT' AND o_orderpriority <> '2-HIGH' THEN 1 ELSE 0 END) AS low_line_count FROM {orders}, {lineitem}
       WHERE o_orderkey = l_orderkey AND l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate
       AND l_receiptdate >= DATE '1994-01-01' AND l_receiptdate < DATE '1995-01-01' GROUP BY l_shipmode ORDER BY l_shipmode""",
 14: """SELECT 100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END) / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
       FROM {lineitem}, {part} WHERE l_partkey = p_partkey AND l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-10-01'""",
}

class Quern:
    """A coordinator that runs tasks, asked over HTTP."""
    def __init__(self, path, threads, data):
        self.dir = tempfile.mkdtemp()
        os.mkdir(self.dir + '/catalog')
        open(self.dir + '/catalog/tpch_decimal.properties', 'w').write('connector.name=tpch\ntpch.column-naming=STANDARD\ntpch.double-type-mapping=DECIMAL\n')
        open(self.dir + '/catalog/memory.properties', 'w').write('connector.name=memory\nmemory.max-data-per-node=8GB\n')
        self.p = subprocess.Popen([path, '--role=coordinator', '--conf', self.dir, '--set', 'http-server.http.port=0', '--set', 'file.base-path=' + data,
                                   '--set', 'task.concurrency=%d' % threads, '--set', 'task.max-worker-threads=%d' % threads], stdout=subprocess.PIPE, text=True)
        line = self.p.stdout.readline()
        host = [w for w in line.split() if w.startswith('http=')][0][len('http=http://'):]
        self.c = http.client.HTTPConnection(host, timeout=600)
    def ask(self, sql):
        h = {'X-Trino-User': 'bench', 'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME'}
        self.c.request('POST', '/v1/statement', sql, h)
        j, rows = json.loads(self.c.getresponse().read()), []
        while 'nextUri' in j:
            self.c.request('GET', '/' + j['nextUri'].split('/', 3)[3])
            j = json.loads(self.c.getresponse().read())
            rows += j.get('data', [])
        if 'error' in j: raise Exception(j['error']['message'])
        return rows
    def stop(self):
        self.p.terminate(); self.p.wait()

def make_data(quern, data):
    import duckdb
    os.makedirs(data, exist_ok=True)
    for t in TABLES:
        out = '%s/%s.parquet' % (data, t)
        if os.path.exists(out): continue
        csv = '%s/%s.csv' % (data, t)
        with open(csv, 'w') as f:
            conf = tempfile.mkdtemp(); os.mkdir(conf + '/catalog')
            open(conf + '/catalog/tpch_decimal.properties', 'w').write('connector.name=tpch\ntpch.column-naming=STANDARD\ntpch.double-type-mapping=DECIMAL\n')
            subprocess.run([quern, '--conf', conf, '--output-format', 'CSV_HEADER', '--execute', 'SELECT * FROM tpch_decimal.sf1.' + t], stdout=f, check=True)
        types = {n: k for n, k in [l.split('|') for l in subprocess.run([quern, '--conf', conf, '--output-format', 'CSV_UNQUOTED', '--execute',
                 "SELECT column_name || '|' || data_type FROM tpch_decimal.information_schema.columns WHERE table_schema = 'sf1' AND table_name = '%s'" % t], capture_output=True, text=True, check=True).stdout.splitlines()]}
        cast = ', '.join('CAST(%s AS %s) AS %s' % (n, 'VARCHAR' if k.startswith('varchar') else k, n) for n, k in types.items())
        duckdb.sql("COPY (SELECT %s FROM read_csv('%s', all_varchar=true, header=true)) TO '%s' (FORMAT parquet, COMPRESSION snappy)" % (cast, csv, out))
        os.unlink(csv)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--quern', default=os.environ.get('QUERN', 'build/quern')); p.add_argument('--data', default='/tmp/quern-bench-sf1')
    p.add_argument('--rounds', type=int, default=15); p.add_argument('--queries', default='1,3,6,12,14'); p.add_argument('--threads', default='1,2')
    p.add_argument('--from', dest='source', default='memory,parquet')
    a = p.parse_args()
    import duckdb
    make_data(a.quern, a.data)
    print('duckdb %s, median of %d interleaved rounds' % (duckdb.__version__, a.rounds))
    print('%5s %-8s %7s %10s %10s %7s' % ('query', 'from', 'threads', 'quern ms', 'duckdb ms', 'ratio'))
    worst = 0
    for threads in map(int, a.threads.split(',')):
        q = Quern(a.quern, threads, a.data)
        d = duckdb.connect(); d.execute('SET threads=%d' % threads)
        try:
            if 'memory' in a.source:
                for t in TABLES:
                    d.execute("CREATE TABLE %s AS SELECT * FROM '%s/%s.parquet'" % (t, a.data, t))
                    q.ask("CREATE TABLE memory.default.%s AS SELECT * FROM tpch_decimal.sf1.%s" % (t, t))
            for source in a.source.split(','):
                mine = {t: 'memory.default.' + t if source == 'memory' else "'%s/%s.parquet'" % (a.data, t) for t in TABLES}
                theirs = {t: t if source == 'memory' else "'%s/%s.parquet'" % (a.data, t) for t in TABLES}
                for n in map(int, a.queries.split(',')):
                    x, y, r = [], [], []
                    for i in range(a.rounds + 1):
                        t0 = time.perf_counter(); rows = q.ask(QUERIES[n].format(**mine))
                        t1 = time.perf_counter(); other = d.execute(QUERIES[n].format(**theirs)).fetchall()
                        t2 = time.perf_counter()
                        if i == 0:
                            if len(rows) != len(other): print('answers differ: %d and %d rows' % (len(rows), len(other)))
                            continue
                        x.append((t1 - t0) * 1e3); y.append((t2 - t1) * 1e3); r.append(x[-1] / y[-1])
                    worst = max(worst, statistics.median(r))
                    print('%5d %-8s %7d %10.1f %10.1f %7.2f' % (n, source, threads, statistics.median(x), statistics.median(y), statistics.median(r)), flush=True)
        finally:
            q.stop()
    print('worst ratio %.2f' % worst)

if __name__ == '__main__': main()
