#!/usr/bin/env python3
"""Rows per second of processor time of a grid join in DuckDB, one thread, to set beside `cargo bench encounters`.

One fix of each vessel in each ten minutes, joined by bin and 3 x 3 cells of 0.01 degrees, within 500 m, four bins in a
row: not exact (between the samples nothing is looked at; no wrap at the antimeridian). Needs the duckdb wheel.

  tools/peer_encounters.py CSV [COPIES] [sparse|dense]

CSV: Time,MMSI,Latitude_degrees,Longitude_degrees,...; repeated COPIES times with other numbers, two hours apart (sparse)
or all at once (dense).
"""

import sys
import time

import duckdb

SQL = """
WITH binned AS (
  SELECT mmsi, epoch_us(time) // 600000000 AS bin, arg_min(lat, time) AS lat, arg_min(lon, time) AS lon
  FROM fixes GROUP BY mmsi, bin
), cells AS (
  SELECT *, floor(lat * 100)::INT AS row, floor(lon * 100)::INT AS col FROM binned
), spread AS (
  SELECT mmsi, bin, lat, lon, row + dr AS row, col + dc AS col
  FROM cells, (VALUES (-1), (0), (1)) AS r(dr), (VALUES (-1), (0), (1)) AS c(dc)
), near AS (
  SELECT a.mmsi AS mmsi_a, b.mmsi AS mmsi_b, a.bin
  FROM cells a JOIN spread b ON a.bin = b.bin AND a.row = b.row AND a.col = b.col AND a.mmsi < b.mmsi
  WHERE pow((a.lat - b.lat) * 111195.08, 2)
      + pow((a.lon - b.lon) * 111195.08 * cos(radians(a.lat)), 2) <= 250000
), runs AS (
  SELECT mmsi_a, mmsi_b, bin - row_number() OVER (PARTITION BY mmsi_a, mmsi_b ORDER BY bin) AS run FROM near
)
SELECT count(*) FROM (SELECT DISTINCT mmsi_a, mmsi_b FROM runs GROUP BY mmsi_a, mmsi_b, run HAVING count(*) >= 4)
"""


def main() -> None:
    path = sys.argv[1]
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else 54
    hours = 0 if len(sys.argv) > 3 and sys.argv[3] == "dense" else 2
    db = duckdb.connect(config={"threads": 1})
    db.execute(
        """CREATE TABLE fixes AS
        SELECT Time::TIMESTAMP + to_hours((? * k)::INT) AS time, MMSI::BIGINT * 1000 + k AS mmsi,
               Latitude_degrees::DOUBLE AS lat, Longitude_degrees::DOUBLE AS lon
        FROM read_csv(?, header = true), range(?) AS copies(k) ORDER BY time""",
        [hours, path, copies],
    )
    (rows,) = db.execute("SELECT count(*) FROM fixes").fetchone()
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        (pairs,) = db.execute(SQL).fetchone()
        best = min(best, time.process_time() - started)
    print(f"duckdb {duckdb.__version__}, {rows} fixes, {best:.3f} s, {rows / best / 1e6:.2f} M/s, {pairs} pairs")


if __name__ == "__main__":
    main()
