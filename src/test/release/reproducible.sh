#!/usr/bin/env bash
# Builds this commit again in a clone, with another folder, time zone and locale, and compares the archives byte by byte.
# The umask must be the same, since the jar contains the permissions of folders.
# usage: src/test/release/reproducible.sh     (after 'mvn package' in a clean tree)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
first=$(ls target/resnet-streams-*-bin.tar.gz)
[ -z "$(git status --porcelain)" ] || { echo "the tree has uncommitted changes: $(git status --porcelain | head -3)" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone -q . "$folder/clone"
(cd "$folder/clone" && export TZ=Asia/Tokyo LC_ALL=C && mvn -B -q -DskipTests package)
second="$folder/clone/$first"
if ! cmp "$first" "$second"; then
  mkdir "$folder/a" "$folder/b"
  tar -xzf "$first" -C "$folder/a" && tar -xzf "$second" -C "$folder/b"
  diff -rq "$folder/a" "$folder/b" || true
  exit 1
fi
echo "two builds of $(git rev-parse --short HEAD) are identical: $(sha256sum <"$first")"
