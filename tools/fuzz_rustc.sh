#!/usr/bin/env bash
# The compiler for fuzzing (RUSTC_WRAPPER): the policy engine is built without sanitizer and coverage. It is compiled
# anew in every run of the target `partner`, is no parser of a partner's bytes, and would take most of its time.
rustc=$1
shift
name=$(sed -nE 's/.*--crate-name ([^ ]+).*/\1/p' <<<"$*")
case "$name" in
  cedar* | lalrpop* | regex* | aho_corasick | miette* | logos*)
    kept=()
    for argument in "$@"; do
      case "$argument" in
        -Cpasses=sancov-module | -Cllvm-args=-sanitizer* | -Zsanitizer=*) ;;
        *) kept+=("$argument") ;;
      esac
    done
    exec "$rustc" "${kept[@]}"
    ;;
  *) exec "$rustc" "$@" ;;
esac
