#!/usr/bin/env bash
# Fuzzes every parser of a partner's bytes in turn: `tools/fuzz.sh [seconds each, 600] [target ...]`. Finds go to
# fuzz/found/, crashes to fuzz/artifacts/; the corpora under fuzz/corpus/ are only read. Needs a nightly toolchain and
# `cargo install cargo-fuzz --version 0.13.2 --locked`. Ends with failure when anything crashed.
set -uo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(sed -nE 's/^name = "([a-z_]+)"$/\1/p' fuzz/Cargo.toml)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
crashed=0
# Without a target that reads a partner's bytes, the half of the build that only they need is left out.
features=(--no-default-features)
for target in "${targets[@]}"; do
  grep -A2 -x "name = \"$target\"" fuzz/Cargo.toml | grep -q required-features && features=()
done

export RUSTC_WRAPPER="$PWD/tools/fuzz_rustc.sh"
cargo +nightly fuzz build --fuzz-dir fuzz "${features[@]}" || exit 1
printf '%-14s %8s %12s %10s %10s %8s %8s\n' target seconds execs edges new_edges corpus crashes
for target in "${targets[@]}"; do
  mkdir -p "fuzz/found/$target" "fuzz/artifacts/$target"
  started=$SECONDS
  cargo +nightly fuzz run --fuzz-dir fuzz "${features[@]}" "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 >"$log" 2>&1
  ended=$?
  execs=$(awk '/stat::number_of_executed_units:/ {print $2}' "$log")
  edges=$(grep -oE 'cov: [0-9]+' "$log" | awk '{print $2}')
  first=$(head -1 <<<"$edges") last=$(tail -1 <<<"$edges")
  crashes=$((ended != 0))
  crashed=$((crashed + crashes))
  printf '%-14s %8d %12s %10s %10s %8d %8d\n' "$target" $((SECONDS - started)) "${execs:--}" "${last:--}" \
    $((${last:-0} - ${first:-0})) "$(find "fuzz/found/$target" -type f | wc -l)" "$crashes"
  [ "$ended" -eq 0 ] || tail -40 "$log"
done
[ "$crashed" -eq 0 ]
