#!/usr/bin/env bash
# Collects the files of a release in target/release: archive, SBOM, their checksums, and the release notes.
# usage: src/test/release/assets.sh     (after 'mvn package' of a tagged version)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
archive=$(ls target/resnet-streams-*-bin.tar.gz)
version=${archive#target/resnet-streams-}
version=${version%-bin.tar.gz}
rm -rf target/release
mkdir -p target/release
src/test/release/notes.sh "$version" >target/release/NOTES.md
cp "$archive" target/release
cp target/resnet-streams-sbom.json "target/release/resnet-streams-$version-sbom.json"
(cd target/release && sha256sum ./*.tar.gz ./*.json | sed 's# \./# #' >SHA256SUMS)
ls -l target/release
