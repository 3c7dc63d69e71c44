"""Debian's OpenBLAS 0.3.21 takes AMD's processors with AVX-512 for a Haswell, which has half as wide registers.

Import nothing here that loads a BLAS: it reads its environment once.
"""

import os
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
VARIABLE = "OPENBLAS_CORETYPE"
#: What the kernels for Intel's Skylake with AVX-512 are made of.
NEEDED = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl", "fma", "avx2"}


def use_fast_kernels() -> None:
    """Sets the variable of OpenBLAS for this process, before torch and NumPy are imported; one that is set stays."""
    try:
        kernels = kernels_for(CPU_INFO.read_text("utf-8", "replace"))
    except OSError:
        return
    if kernels is not None:
        os.environ.setdefault(VARIABLE, kernels)


def kernels_for(cpu_info: str) -> str | None:
    """cpu_info: as Linux gives it. None where OpenBLAS's own choice is right."""
    facts: dict[str, set[str]] = {}
    for line in cpu_info.splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), set(value.split()))
    is_amd = "AuthenticAMD" in facts.get("vendor_id", ())
    return "SKYLAKEX" if is_amd and facts.get("flags", set()) >= NEEDED else None
