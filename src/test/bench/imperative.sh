#!/usr/bin/env bash
# Compares ResNet-50 as a symbol with DJL's imperative blocks, alternating, on one worker with all cores. Needs a built
# project.
# usage: src/test/bench/imperative.sh MODEL_DIR     a ResNet-50 for 224x224 (model import)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
mvn -B -q test-compile org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath -Dmdep.outputFile=target/test-classpath.txt
OMP_NUM_THREADS=$(nproc) MALLOC_MMAP_THRESHOLD_=2147483648 MALLOC_TRIM_THRESHOLD_=4294967296 OPT_OUT_TRACKING=true \
  exec java -XX:MaxDirectMemorySize=256m -Dai.djl.mxnet.static_shape=false \
  -cp "target/test-classes:target/classes:$(cat target/test-classpath.txt)" io.resnetstreams.inference.engine.ImperativeBenchmark "$1"
