#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Writes orders.parquet of this folder (needs pyarrow): 600 orders from a
# formula of the row number.
import datetime
import decimal
import os

import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
STATUS = ['open', 'paid', 'shipped', 'shipped', 'returned']
n = 600
day = datetime.date(2025, 1, 1)
table = pa.table({
    'id': pa.array(range(1, n + 1), pa.int64()),
    'day': pa.array([day + datetime.timedelta(days=i * 365 // n)
                     for i in range(n)], pa.date32()),
    'status': pa.array([STATUS[i * 7 % 5 if i % 9 else 0]
                        for i in range(n)]),
    'total': pa.array([decimal.Decimal(1000 + i * 7919 % 99000).scaleb(-2)
                       for i in range(n)], pa.decimal128(10, 2)),
    'note': pa.array([None if i % 4 else 'gift' for i in range(n)]),
})
pq.write_table(table, os.path.join(here, 'orders.parquet'),
               row_group_size=200, compression='zstd')
