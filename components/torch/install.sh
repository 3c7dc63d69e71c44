#!/bin/sh
# Makes the Python environment of the torch engine. usage: sh install.sh ENVIRONMENT_FOLDER CACHE_FOLDER
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
# The packages pinned here are for NumPy 2, which torch knows from 2.3 on; its exporter that is used is the one of 2.6 and later.
has_torch() {
  "$1" -W ignore -c 'import torch; raise SystemExit(tuple(map(int, torch.__version__.split(".")[:2])) < (2, 6))' 2> /dev/null
}

base=${MODEL_TO_EDGE_PYTHON:-$(command -v python3 || true)}
[ -n "$base" ] || fail "there is no python3; install Python 3.11 or 3.12"
"$base" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' ||
  fail "$base is $("$base" --version 2>&1); the pinned packages need Python 3.11 or 3.12 (MODEL_TO_EDGE_PYTHON names another one)"

if ! "$python" -m pip --version > /dev/null 2>&1; then
  say "virtual environment with $("$base" --version)"
  # A torch that is there, as in an image with CUDA or from PyTorch's own CPU wheels, is used as it is.
  if has_torch "$base"; then site=--system-site-packages; else site=; fi
  # shellcheck disable=SC2086 # no word where it is empty
  "$base" -m venv --clear $site "$environment" || fail "python3 -m venv failed; on Debian: apt-get install python3-venv"
fi
if ! has_torch "$python"; then
  say "torch 2.13.0 from PyPI: about 2.7 GB on Linux x86_64, as it comes with CUDA's libraries"
  "$python" -m pip install --quiet --require-hashes -r "$here/requirements-torch.txt"
fi
say "the exporter's packages, timm and transformers: about 60 MB"
"$python" -m pip install --quiet --require-hashes --no-deps -r "$here/requirements.txt"

say "check"
cd /
"$python" -W ignore - << 'CHECK'
import onnx, onnxscript, safetensors.torch, timm, torch, transformers
print(f"torch {torch.__version__}, onnx {onnx.__version__}, onnxscript {onnxscript.__version__}: ready")
CHECK
rm -rf "$PIP_CACHE_DIR"
say "done: $environment"
