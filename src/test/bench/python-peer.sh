#!/usr/bin/env bash
# Compares the pipeline with a plain Python consumer that uses frozen TorchScript, alternating, with the same ResNet-50,
# photographs and broker. Prints each round and the ratio of the medians.
# usage: src/test/bench/python-peer.sh PHOTOS [ROUNDS] [SECONDS]     (default 5 and 20)
# needs Debian's python3-torch, python3-torchvision, python3-confluent-kafka, python3-pil
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
photos=$1 rounds=${2:-5} seconds=${3:-20}
python=${PYTHON:-/usr/bin/python3}
export MALLOC_MMAP_THRESHOLD_=2147483648 MALLOC_TRIM_THRESHOLD_=4294967296
peer=("$python" src/test/bench/python_peer.py)
median() { printf '%s\n' "$@" | sort -n | sed -n "$(($# / 2 + 1))p"; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
port=19092 bootstrap=localhost:19092

"${peer[@]}" export "$folder/resnet50.safetensors"
seq 0 999 >"$folder/synset.txt"
./resnet-streams model import "$folder/resnet50.safetensors" --architecture resnet50 --synset "$folder/synset.txt" \
  --out "$folder/resnet50" >/dev/null
./resnet-streams broker --port $port --data "$folder/broker" >"$folder/broker.log" 2>&1 &
until ./resnet-streams topics --bootstrap $bootstrap >/dev/null 2>&1; do :; done
./resnet-streams produce "$photos" --repeat 100 --bootstrap $bootstrap >/dev/null 2>&1

ours=() theirs=()
for ((round = 1; round <= rounds; round++)); do
  keys=(--bootstrap $bootstrap --set "topics.labels=ours-$round" --set "applicationId=ours-$round")
  ./resnet-streams topics "${keys[@]}" --set "topics.deadLetters=dead-$round" >/dev/null 2>&1
  ./resnet-streams run --model "$folder/resnet50" "${keys[@]}" --set "topics.deadLetters=dead-$round" \
    >"$folder/run.log" 2>&1 &
  run=$!
  a=$("${peer[@]}" count $bootstrap "ours-$round" "$seconds")
  kill $run; wait $run || true
  ./resnet-streams topics --bootstrap $bootstrap --set "topics.labels=theirs-$round" >/dev/null 2>&1
  # Not a function, since killing its shell would leave Python running during the next round.
  "${peer[@]}" serve $bootstrap image-events "theirs-$round" "$folder/resnet50.safetensors" 2>"$folder/serve.log" &
  serve=$!
  b=$("${peer[@]}" count $bootstrap "theirs-$round" "$seconds")
  kill $serve; wait $serve || true
  echo "round $round: resnet-streams $a images/s, Python $b images/s"
  ours+=("$a") theirs+=("$b")
done
awk -v a="$(median "${ours[@]}")" -v b="$(median "${theirs[@]}")" \
  'BEGIN { printf "medians: resnet-streams %s, Python %s, ratio %.3f\n", a, b, a / b }'
