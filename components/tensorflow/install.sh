#!/bin/sh
# Makes the Python environment of the tensorflow engine. usage: sh install.sh ENVIRONMENT_FOLDER CACHE_FOLDER
# Can be run again after a failure. Writes only into both folders.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" "$2"
environment=$(cd "$1" && pwd)
python="$environment/bin/python"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
# What was downloaded before a failure is kept until the end, and no longer.
export PIP_CACHE_DIR="$environment/downloads"
unset PIP_TARGET PIP_PREFIX PIP_USER PYTHONPATH PYTHONHOME 2> /dev/null || true
started=$(date +%s)

say() { echo "==> $* ($(($(date +%s) - started)) s)"; }
fail() { echo "install: $*" >&2; exit 1; }

base=${MODEL_TO_EDGE_PYTHON:-$(command -v python3 || true)}
[ -n "$base" ] || fail "there is no python3; install Python 3.11 or 3.12"
"$base" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' ||
  fail "$base is $("$base" --version 2>&1); the pinned packages need Python 3.11 or 3.12 (MODEL_TO_EDGE_PYTHON names another one)"

if ! "$python" -m pip --version > /dev/null 2>&1; then
  say "virtual environment with $("$base" --version)"
  "$base" -m venv --clear "$environment" || fail "python3 -m venv failed; on Debian: apt-get install python3-venv"
fi
say "TensorFlow and its packages: about 370 MB"
"$python" -m pip install --quiet --require-hashes --no-deps -r "$here/requirements.txt"

say "check"
cd /
TF_CPP_MIN_LOG_LEVEL=3 "$python" -W ignore - << 'CHECK'
import h5py, keras, onnx, tensorflow, tf2onnx
print(f"TensorFlow {tensorflow.__version__}, Keras {keras.__version__}, tf2onnx {tf2onnx.__version__}: ready")
CHECK
rm -rf "$PIP_CACHE_DIR"
say "done: $environment"
