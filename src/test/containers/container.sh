#!/usr/bin/env bash
# Runs a command as in a container, without a container engine: in a separate read-only root file system that contains only
# the system's programs and the mounts, as the given user, without capabilities. Must be started in a new mount namespace.
# usage: container.sh ROOT UID:GID DIRECTORY [ro SOURCE TARGET | rw SOURCE TARGET | tmpfs TARGET OPTIONS]... -- NAME=VALUE... -- COMMAND...
set -euo pipefail
root=$1 user=$2 directory=$3
shift 3

mount -t tmpfs -o mode=755 root "$root"
for folder in usr bin sbin lib lib64; do
  if [ -L "/$folder" ]; then
    cp -P "/$folder" "$root/"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
    mount -o remount,bind,ro "$root/$folder"
  fi
done
mkdir "$root/etc" "$root/proc" "$root/dev"
for file in passwd group nsswitch.conf hosts resolv.conf ld.so.cache alternatives; do
  cp -a "/etc/$file" "$root/etc/"
done
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"

while [ "$1" != -- ]; do
  case "$1" in
    tmpfs)
      mkdir -p "$root$2"
      mount -t tmpfs -o "nosuid,nodev,$3" tmpfs "$root$2"
      ;;
    ro | rw)
      if [ -d "$2" ]; then
        mkdir -p "$root$3"
      else
        mkdir -p "$(dirname "$root$3")"
        touch "$root$3"
      fi
      mount --bind "$2" "$root$3"
      if [ "$1" = ro ]; then mount -o remount,bind,ro "$root$3"; fi
      ;;
  esac
  shift 3
done
shift
environment=()
while [ "$1" != -- ]; do
  environment+=("$1")
  shift
done
shift
mount -o remount,ro "$root"

exec chroot "$root" setpriv "--reuid=${user%:*}" "--regid=${user#*:}" --clear-groups --no-new-privs --inh-caps=-all \
  --bounding-set=-all env -i "--chdir=$directory" "${environment[@]}" "$@"
