#!/bin/sh
# Makes the Python environment of the mmdeploy engine. usage: sh install.sh ENVIRONMENT_FOLDER CACHE_FOLDER
# Can be run again after a failure: what is done is not done twice. Writes only into both folders, except for Debian packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" "$2"
environment=$(cd "$1" && pwd)
cache=$(cd "$2" && pwd)
python="$environment/bin/python"
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
# What was downloaded before a failure is kept until the end, and no longer.
export PIP_CACHE_DIR="$environment/downloads"
unset PIP_TARGET PIP_PREFIX PIP_USER PYTHONPATH PYTHONHOME 2> /dev/null || true
started=$(date +%s)

say() { echo "==> $* ($(($(date +%s) - started)) s)"; }
fail() { echo "install: $*" >&2; exit 1; }
# The packages of apt.txt that are not installed, on one line.
missing_packages() {
  while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || printf '%s ' "$package"
  done < "$here/apt.txt"
}
# Another installer on this machine is waited for. Dpkg's lock has an option for that; the lists' lock has none, so their
# update is tried again for a minute.
apt_install() { apt-get -o DPkg::Lock::Timeout=600 install -q -y --no-install-recommends "$@"; }
apt_update() {
  for pause in 5 10 15 30; do
    apt-get -o DPkg::Lock::Timeout=600 update -q && return
    say "apt-get update failed; once more in $pause s, as another installer may hold the lists" >&3
    sleep "$pause"
  done
  apt-get -o DPkg::Lock::Timeout=600 update -q
}
# Every wheel and archive by the hash that its list names: one that is another is refused.
locked() { "$python" -m pip install --quiet --require-hashes -r "$here/$1.txt"; }
has_torch() { "$1" -W ignore -c 'import torch, torchvision' 2> /dev/null; }

base=${MODEL_TO_EDGE_PYTHON:-}
if [ -z "$base" ]; then
  # A python3 that already has torch (an image with CUDA) comes first, then Debian's.
  base=$(command -v python3 || true)
  if { [ -z "$base" ] || ! has_torch "$base"; } && [ -x /usr/bin/python3 ]; then base=/usr/bin/python3; fi
fi
if grep -qs '^ID=debian$' /etc/os-release && { [ -z "$base" ] || [ "$base" = /usr/bin/python3 ]; }; then
  missing=$(missing_packages)
  if [ -n "$missing" ] && [ "$(id -u)" = 0 ]; then
    say "Debian packages, installed with apt-get, which waits up to 10 minutes for another installer: $missing"
    # shellcheck disable=SC2086 # a list of packages
    apt_install $missing > "$cache/apt.log" 2>&1 || {
      apt_update 3>&1 > "$cache/apt.log" 2>&1 && apt_install $missing >> "$cache/apt.log" 2>&1
    } || { tail -5 "$cache/apt.log" >&2; fail "apt-get failed: $cache/apt.log has all of it"; }
  elif [ -n "$missing" ]; then
    say "not root, so these Debian packages are not installed: $missing"
  fi
  base=/usr/bin/python3
fi
[ -n "$base" ] || fail "there is no python3; install Python 3.11"
"$base" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' ||
  fail "$base is $("$base" --version 2>&1); the pinned packages need Python 3.11 (MODEL_TO_EDGE_PYTHON names another one)"

if ! "$python" -m pip --version > /dev/null 2>&1; then
  say "virtual environment with $("$base" --version)"
  "$base" -m venv --clear --system-site-packages "$environment" || fail "python3 -m venv failed; on Debian: apt-get install python3-venv"
fi
locked requirements-build
if ! has_torch "$python"; then
  "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || fail "torch 2.1.2 needs Python 3.11; install a torch first"
  say "torch 2.1.2 from PyPI (on Linux x86_64 with CUDA libraries: about 3 GB)"
  locked requirements-torch
fi

# The wheel fits one Python, torch and machine (and, with CUDA operators, the CUDA of torch).
tag=$("$python" -W ignore -c 'import platform, sys, torch
print("mmcv-2.1.0", "py%d.%d" % sys.version_info[:2], "torch" + torch.__version__, platform.machine(), sep="-")')
[ "${FORCE_CUDA:-0}" = 0 ] || tag="$tag-cuda"
wheels="$cache/$tag"
if ! ls "$wheels"/mmcv-2.1.0-*.whl > /dev/null 2>&1; then
  command -v c++ > /dev/null || fail "mmcv is built from source: install a C++ compiler (Debian: g++) and python3-dev"
  say "mmcv 2.1.0 with its operators, built for $tag (about 100 s on 2 cores)"
  rm -rf "$wheels.part"
  mkdir -p "$wheels.part"
  PATH="$environment/bin:$PATH" sh "$here/build-mmcv.sh" "$python" "$wheels.part"
  mv "$wheels.part" "$wheels"
fi
say "mmdeploy and its packages"
"$python" -m pip install --quiet --require-hashes --no-deps -r "$here/requirements.txt"
# Built here, from the archive whose hash was checked.
"$python" -m pip install --quiet --no-deps --no-index "$wheels"/mmcv-2.1.0-*.whl

say "check"
cd /
"$python" -W ignore - << 'CHECK'
import matplotlib, mmcv.ops, mmdeploy.apis, mmdet.apis, mmengine.runner, mmpretrain.apis, mmseg.apis
import mmdeploy, onnx, torch
print(f"mmdeploy {mmdeploy.__version__}, torch {torch.__version__}, onnx {onnx.__version__}: ready")
CHECK
rm -rf "$PIP_CACHE_DIR"
say "done: $environment"
