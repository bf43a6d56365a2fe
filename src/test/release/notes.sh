#!/usr/bin/env bash
# Prints the changelog's section of a version, which must be the version in pom.xml.
# usage: src/test/release/notes.sh VERSION
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
version=${1:?usage: notes.sh VERSION}
built=$(sed -n '/<artifactId>resnet-streams</{n;s/.*<version>\(.*\)<.*/\1/p;}' pom.xml)
[ "$version" = "$built" ] || { echo "version $version was requested, but pom.xml has $built" >&2; exit 1; }
notes=$(awk -v version="$version" '/^## / { on = $2 == version; next } on' CHANGELOG.md)
[ -n "${notes//[[:space:]]/}" ] || { echo "CHANGELOG.md has no section '## $version'" >&2; exit 1; }
printf '%s\n' "$notes"
