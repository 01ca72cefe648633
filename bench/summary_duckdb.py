"""The same sums as eastwest logs with DuckDB: python3 summary_duckdb.py text|csv|json FILE

csv reads the lines of text as columns between blanks, which a quote in a user agent breaks; text splits them at their quotes.
"""

import sys
import time

import duckdb

kind, path = sys.argv[1:3]
db = duckdb.connect()
began = time.perf_counter()
quoted = path.replace("'", "''")
if kind == "json":
    db.execute(f"""
        create table lines as
        select substr(start_time, 1, 16) as minute, response_code as status, upstream_host as host, duration
        from read_json('{quoted}', format='newline_delimited', ignore_errors=true, columns={{
            start_time: 'VARCHAR', response_code: 'INTEGER', upstream_host: 'VARCHAR', duration: 'BIGINT'}})
    """)
elif kind == "csv":
    names = ["time", "request", "status", "received", "sent", "duration", "service_time", "forwarded", "agent", "id", "authority", "host"]
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    db.execute(f"""
        create table lines as
        select substr(time, 2, 16) as minute, try_cast(status as integer) as status, host, try_cast(duration as bigint) as duration
        from read_csv('{quoted}', columns={{{columns}}}, delim=' ', quote='"', escape='', header=false, auto_detect=false, ignore_errors=true)
    """)
else:
    db.execute(f"""
        create table lines as
        select substr(line, 2, 16) as minute, try_cast(numbers[1] as integer) as status, host, try_cast(numbers[4] as bigint) as duration
        from (select line, string_split(trim(string_split(line, '"')[3]), ' ') as numbers, string_split(line, '"')[12] as host
              from read_csv('{quoted}', columns={{line: 'VARCHAR'}}, delim='\\x01', quote='', escape='', header=false, auto_detect=false))
    """)
db.execute("create table cells as select minute, status, host, count(*) as n from lines group by all")
for dimension in ("status", "host", "minute"):
    for value, count in db.execute(f"select {dimension}, sum(n) from cells group by 1 order by 1").fetchall():
        print(dimension, value, count)
print("latency", db.execute(
    "select quantile_disc(duration, [0.5, 0.9, 0.99, 0.999]), max(duration) from lines").fetchone())
print("requests", *db.execute(
    "select count(*) filter (status is not null), count(*) filter (status is null) from lines").fetchone())
print("query_seconds", time.perf_counter() - began)
