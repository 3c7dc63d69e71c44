#!/bin/sh
# Builds the mmcv 2.1.0 wheel with its C++ operators. usage: sh build-mmcv.sh PYTHON WHEEL_FOLDER
# PYTHON has torch, setuptools < 81, wheel and ninja; g++ is there. With nvcc and a CUDA torch, FORCE_CUDA=1 builds those operators too.
#
# -g0 (no debug information) is 2.6 times faster than Python's own "-g -O2", a precompiled torch header another 3 to 4 times.
# Where that header does not fit the compiler's flags, g++ includes the text: slower, never wrong.
set -eu
python=$1
wheels=$2
header=$(mktemp -d)
trap 'rm -rf "$header"' EXIT
printf '#pragma once\n#include <torch/types.h>\n' > "$header/mmcv_pch.hpp"
includes=$("$python" -W ignore -c 'import torch, torch.utils.cpp_extension as c
print("-D_GLIBCXX_USE_CXX11_ABI=%d" % torch._C._GLIBCXX_USE_CXX11_ABI, *["-I" + path for path in c.include_paths()])')
# setuptools 80 replaces Python's own flags by these, so they must be complete.
flags="-DNDEBUG -fwrapv -O2 -g0 -w -fPIC"
# shellcheck disable=SC2086 # lists of flags
c++ $flags $includes -std=c++17 -DTORCH_API_INCLUDE_EXTENSION_H -DTORCH_EXTENSION_NAME=_ext \
  -x c++-header "$header/mmcv_pch.hpp" -o "$header/mmcv_pch.hpp.gch" || rm -f "$header/mmcv_pch.hpp.gch"
MMCV_WITH_OPS=1 FORCE_CUDA="${FORCE_CUDA:-0}" MAX_JOBS="${MAX_JOBS:-$(nproc 2> /dev/null || echo 2)}" \
  CFLAGS="$flags -include $header/mmcv_pch.hpp" \
  "$python" -m pip wheel --quiet --no-deps --no-build-isolation --no-binary mmcv --no-cache-dir \
  --require-hashes -r "$(dirname "$0")/requirements-mmcv.txt" -w "$wheels"
