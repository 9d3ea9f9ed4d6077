#!/usr/bin/env python3
"""Gaps by DuckDB's lag() on one thread, on the input of `cargo bench -p bitacora-sea --bench gaps`.

Usage: peer_gaps.py SOLENT_CSV [COPIES] [MIN_HOURS]   (needs the wheel duckdb)

The recording is repeated in time order, two hours apart, with vessels of their own. Prints processor seconds and
million fixes a second, for rows in order of time and shuffled, and how many gaps there are.
"""
import sys
import time

import duckdb


def main() -> None:
    path = sys.argv[1]
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else 54
    hours = float(sys.argv[3]) if len(sys.argv) > 3 else 6.0
    db = duckdb.connect()
    db.execute("set threads = 1")
    db.execute(
        f"""create table fixes as select (MMSI * 1000 + k)::bigint as mmsi, epoch_us(Time::timestamp) + 7200000000 * k as t,
        Latitude_degrees as lat, Longitude_degrees as lon
        from read_csv('{path}'), range({copies}) as copies(k) order by t"""
    )
    rows = db.execute("select count(*) from fixes").fetchone()[0]
    db.execute("select setseed(0.5)")
    db.execute("create table shuffled as select * from fixes order by random()")
    for name in ("fixes", "shuffled"):
        query = f"""select count(*) from (select t - lag(t) over (partition by mmsi order by t) as dt from {name})
            where dt > {int(hours * 3.6e9)}"""
        seconds = []
        for _ in range(3):
            begin = time.process_time()
            gaps = db.execute(query).fetchone()[0]
            seconds.append(time.process_time() - begin)
        best = min(seconds)
        print(f"DuckDB {duckdb.__version__} lag(), {name:<9} {rows:>10} rows {best:7.3f} s {rows / best / 1e6:6.2f} M/s  {gaps} gaps")


if __name__ == "__main__":
    main()
