#!/usr/bin/env bash
# Measures the peak resident memory (VmHWM on Linux) of an instance for each model. 'run' with a heap of 512 MB and two
# workers, as in the Kubernetes deployment, processes a backlog of photographs.
# usage: src/test/bench/pod-memory.sh PHOTOS [SECONDS]     (default 60)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
photos=$1 seconds=${2:-60}
export MXNET_CPU_WORKER_NTHREADS=2 JAVA_OPTS="-Xmx512m -XX:+ExitOnOutOfMemoryError"
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
bootstrap=localhost:19092

seq 0 999 >"$folder/synset.txt"
for name in resnet18 resnet50; do
  python3 src/test/bench/pod_weights.py $name "$folder/$name.safetensors"
  ./resnet-streams model import "$folder/$name.safetensors" --architecture $name --synset "$folder/synset.txt" \
    --out "$folder/$name" >/dev/null
done
JAVA_OPTS='' ./resnet-streams broker --port 19092 --data "$folder/broker" >"$folder/broker.log" 2>&1 &
until ./resnet-streams topics --bootstrap $bootstrap >/dev/null 2>&1; do :; done
./resnet-streams produce "$photos" --repeat 40 --bootstrap $bootstrap >/dev/null 2>&1

for model in models/resnet20-fashion-mnist models/resnet20-fashion-mnist-int8 "$folder/resnet18" "$folder/resnet50"; do
  name=$(basename "$model")
  keys=(--bootstrap $bootstrap --set "applicationId=$name" --set "topics.labels=$name" --set "topics.deadLetters=$name-dlq")
  ./resnet-streams topics "${keys[@]}" >/dev/null 2>&1
  ./resnet-streams run --model "$model" "${keys[@]}" >"$folder/run.log" 2>&1 &
  run=$!
  timeout "$seconds" tail -f /dev/null || true
  java=$(pgrep -P $run java || echo $run)
  peak=$(awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$java/status")
  kill "$java"; wait $run || true
  echo "$name: peak $peak MB; $(grep -o 'Ended: .*' "$folder/run.log")"
done
