#!/usr/bin/env bash
# Measures the error of a backfill's estimates: the plan's, and the time left that is shown at half time.
# usage: src/test/bench/backfill-eta.sh [SECONDS]     (approximate duration; default 60)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
seconds=${1:-60}
samples=models/resnet20-fashion-mnist/samples
work=$(mktemp -d)
# shellcheck disable=SC2064  # Expands the folder now, not when the trap runs.
trap 'kill "${pid:-}" 2>/dev/null || true; wait; rm -rf "'"$work"'"' EXIT
number() { grep -o "\"$1\":[0-9.]*" | cut -d: -f2; }

rate=$(./resnet-streams model evaluate --data "$samples" --repeat 10 --json 2>/dev/null | number imagesPerSecond)
repeat=$(awk -v r="$rate" -v s="$seconds" 'BEGIN { print int(r * s / 1000) + 1 }')
./resnet-streams broker --data "$work/broker" --port 0 >"$work/broker.log" 2>&1 & pid=$!
until grep -q ready "$work/broker.log"; do sleep 0.5; done
broker=(--bootstrap "$(head -1 "$work/broker.log")")
./resnet-streams topics "${broker[@]}" >/dev/null
./resnet-streams produce "$samples" --repeat "$repeat" "${broker[@]}" >/dev/null
{ ./resnet-streams backfill --from beginning --to now --output new --run eta --plan --yes --json "${broker[@]}" 2>&1 >"$work/json"; echo end; } |
  while IFS= read -r line; do printf '%s %s\n' "$EPOCHREALTIME" "$line"; done >"$work/log"
head -1 "$work/json" | number seconds >"$work/planned"
tr -d , <"$work/log" | awk -v planned="$(cat "$work/planned")" '
  function off(is, was) { return sprintf("estimated %.1f s, actual %.1f s: %+.0f %%", is, was, (is / was - 1) * 100) }
  / backfill eta: [0-9]+ of [0-9]+/ {
    if (!total) { total = $6; first = $1 }
    if (!half && $4 * 2 >= total) { half = $1; done = $4; for (i = 1; i < NF; i++) if ($(i + 1) == "s" && $(i + 2) == "left") left = $i }
  }
  /checking the output/ { counting = $1 }
  / end$/ { end = $1 }
  END {
    printf "%d images, %.1f s from the first line of progress, then %.1f s for the audit\n", total, counting - first, end - counting
    print "plan: " off(planned, counting - first)
    printf "at %d of %d, time left: ", done, total; print off(left, counting - half)
    print "the same with the audit: " off(left, end - half)
  }'
