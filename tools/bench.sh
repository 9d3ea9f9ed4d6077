#!/usr/bin/env bash
# The figures: what is measured, the bar it is held against, and the ratio, in one run. Ends with failure when a
# bar is missed. What the machine cannot run is left out with a line that says so. docs/figures.md says how to read it.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
broken=0

measure() { # name, command...
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  if "$@" 2>&1 | tee -a "$log" | grep -v '^figure|'; then
    echo "== $name: $((SECONDS - started)) s"
  else
    broken=$((broken + 1))
    echo "== $name: FAILED"
  fi
}

leave_out() { echo "== $1: left out: $2"; }

# name, measured, side (at least, at most, -), bar, where the measuring program prints no figure line itself
figure() {
  [ -n "$2" ] || return 0
  awk -v name="$1" -v measured="$2" -v side="${3:-}" -v bar="${4:-}" 'BEGIN {
    if (bar == "") printf "figure|%s|%s||\n", name, measured
    else printf "figure|%s|%s|%s %s|%.3f\n", name, measured, side, bar, measured / bar }' >>"$log"
}

# Always the same crates: another choice would build the policy engine anew with other features.
crates=(-p bitacora-node -p bitacora-sea -p bitacora-store -p bitacora-peer -p bitacora-policy -p bitacora-exchange -p bitacora-ledger -p bitacora-port -p bitacora-feeds -p bitacora-accounts -p bitacora-report)
bench() { cargo bench --quiet --locked "${crates[@]}" --bench "$1"; }

echo "$(nproc) cores, $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo), load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "== building the benches"
cargo bench --quiet --locked "${crates[@]}" --benches --no-run &&
  cargo build --quiet --release --locked -p bitacora-feeds --example read_speed || exit 1

measure "recording to store" bench ingest
measure "feed to the page's stream" bench stream

recording=../shared/data/ais/raw/uscg-nais-2016-07-28-100k.nm4
if [ -f "$recording" ]; then
  measure "reading alone" cargo run --quiet --release --locked -p bitacora-feeds --example read_speed -- "$recording"
  figure "reading, M lines/s" "$(awk '/^assemble, decode, merge, report/ {print $5}' "$log")"
  figure "reading, of the floor's speed" "$(sed -nE 's/^of the floor: .*, ([0-9.]+) reporting$/\1/p' "$log")"
else
  leave_out "reading alone" "place the folder shared beside the project"
fi

measure "behaviour" bench behaviour
for name in "encounters, 5,000 vessels, a fix a minute" "picture, 5,000 vessels, a fix a minute" \
  "encounters, Solent x 54 sparse" "picture, Solent x 54 sparse"; do
  figure "$name, M fixes/s" "$(awk -v name="$name" 'index($0, name "  ") == 1 || index($0, name " ") == 1 && !/still/ {
    for (i = 1; i < NF; i++) if ($(i + 1) == "M/s") print $i }' "$log" | head -1)"
done

# The first rate, in M/s, of a line that begins with the name; of several lines the least.
rate() {
  awk -v name="$1" 'index($0, name) == 1 { for (i = 1; i < NF; i++) if ($(i + 1) == "M/s") { if (least == "" || $i < least) least = $i; next } }
    END { print least }' "$log"
}

measure "AIS" bench ais
measure "the picture" bench picture
measure "encounters" bench encounters
figure "encounters exact, sparse, M fixes/s" "$(rate 'exact batch, Solent x 54 sparse')" "at least" 5
figure "encounters exact, dense, M fixes/s" "$(rate 'exact batch, Solent x 10 dense')"
figure "encounters exact, moored fleet, M fixes/s" "$(rate 'exact batch, 5,000 vessels')"
measure "gaps" bench gaps
figure "gaps, by time, M fixes/s" "$(rate 'Solent x 54 sparse, by time, by track')" "at least" 20
figure "gaps, shuffled, M fixes/s" "$(rate 'Solent x 54 sparse, shuffled, by track')" "at least" 8
measure "segments" bench segments
figure "segments exact, M messages/s" "$(rate 'segments exact')" "at least" 1
figure "segments compatible, M messages/s" "$(rate 'segments compatible')" "at least" 1
measure "slow behaviour" bench slow
figure "loitering, any threshold, M fixes/s" "$(rate 'loitering, exact')" "at least" 3
figure "stops, any threshold, M fixes/s" "$(rate 'stops, ')" "at least" 3
figure "stops on ways made to be hardest, M fixes/s" "$(rate 'hardest for stops: ')"
figure "port visits, any threshold, M fixes/s" "$(rate 'port visits')" "at least" 3
measure "integrity" bench integrity

measure "archive" bench positions
figure "archive, M positions/s of a core committed" "$(sed -nE "s/^commit: ([0-9.]+) M rows\/s of one core's time$/\1/p" "$log")"

measure "TAXII collections" bench taxii
if python3 -c 'import taxii2client, medallion' 2>/dev/null; then
  measure "TAXII over HTTP" tools/bench_taxii.py --short --figures --many 50000 --bitacora "${CARGO_TARGET_DIR:-target}/release/bitacora"
else
  leave_out "TAXII over HTTP" "pip install taxii2-client==2.3.0 medallion==3.0.0"
fi
measure "archive run" bench archive_run
measure "read, merged, archived with who heard it" bench archive

measure "gate" bench suspend
measure "two nodes" bench exchange
measure "decisions" bench decide
measure "releases and receipts" bench releases
measure "offline audit" bench audit
measure "log directory" bench directory
measure "screening rules" bench rules
figure "rules R1 to R5 with CSV, M rows/s" "$(sed -nE 's/^R1 to R5 with CSV +([0-9.]+) M rows.*/\1/p' "$log")" "at least" 2
measure "inspection games" bench games
game() { sed -nE "s/^$1: .*$2 ([0-9.]+) ms.*/\1/p" "$log"; }
figure "slot game 10,000 x 24, plan, ms" "$(game 'slots 10000 x 24' ' plan')" "at most" 10
figure "slot game 100,000 x 168, plan, ms" "$(game 'slots 100000 x 168' ' plan')" "at most" 1000
figure "general-sum game 10,000, ms" "$(sed -nE 's/^general-sum 10000: ([0-9.]+) ms.*/\1/p' "$log")" "at most" 2
measure "EDIFACT" bench edifact
measure "inspection draws" bench draw
figure "draw of 10,000 verified, 8 slots, ms" "$(sed -nE 's/^ *text to verdict: ([0-9.]+) ms.*/\1/p' "$log" | head -1)" "at most" 50
figure "draw of 10,000 verified, 24 slots, ms" "$(sed -nE 's/^ *text to verdict: ([0-9.]+) ms.*/\1/p' "$log" | sed -n 2p)" "at most" 50
figure "draw of 10,000 verified, 24 drand rounds, ms" "$(sed -nE 's/^ *text to verdict: ([0-9.]+) ms.*/\1/p' "$log" | tail -1)" "at most" 50

measure "verdicts and figures" bench verdicts
told() { sed -nE "s/^$1[^:]*: ([0-9.]+) ms.*/\1/p" "$log" | tail -1; }
figure "all promises over all vintages, ms" "$(told 'all promises over all vintages')" "at most" 50
figure "a million observations read, appended, settled, ms" "$(told 'read, appended and settled')" "at most" 10000
figure "what was known of a series on a day, ms" "$(told 'as known on a day')" "at most" 5
measure "report" bench render

if command -v "${CHROMIUM:-/usr/bin/chromium}" >/dev/null 2>&1 && [ -f web/dist/index.html ]; then
  measure "page" node web/tools/bench-update.mjs
  figure "page, script ms an update of 5,000 vessels" "$(sed -nE 's/^ *script time per update +([0-9.]+) ms.*/\1/p' "$log")" "at most" 30
else
  leave_out "page" "install the Debian package chromium and run make build"
fi

echo
awk -F'|' -v broken="$broken" '
  BEGIN { printf "%-52s %12s  %-18s %8s\n", "figure", "measured", "bar", "ratio" }
  $1 == "figure" {
    missed = ($4 ~ /^at least/ && $5 < 1) || ($4 ~ /^at most/ && $5 > 1)
    held += $4 != "" && !missed
    lost += missed
    printf "%-52s %12s  %-18s %8s%s\n", $2, $3, $4, $5, missed ? "  MISSED" : ""
  }
  END { printf "%d bars held, %d missed, %d programs failed\n", held, lost, broken; exit lost + broken > 0 }' "$log"
