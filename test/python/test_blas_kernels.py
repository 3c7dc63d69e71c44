"""Which kernels OpenBLAS gets: another choice than its own only for AMD's processors with AVX-512."""

import pytest
from engine_script import in_engine

SCRIPT = """
from edge_mmdeploy.blas_kernels import kernels_for
print(json.dumps(kernels_for(given)))
"""
AVX_512 = "avx512f avx512dq avx512cd avx512bw avx512vl"


@pytest.mark.parametrize(
    ("vendor", "flags", "kernels"),
    [
        ("AuthenticAMD", f"fma avx2 {AVX_512}", "SKYLAKEX"),
        ("AuthenticAMD", "fma avx2 avx512f", None),
        ("AuthenticAMD", "fma avx2", None),
        ("GenuineIntel", f"fma avx2 {AVX_512}", None),
    ],
)
def test_kernels_follow_the_processor(vendor: str, flags: str, kernels: str | None, engine_python: str) -> None:
    core = f"processor\t: 0\nvendor_id\t: {vendor}\nmodel name\t: EPYC: a name\nflags\t\t: fpu {flags}\n\n"
    assert in_engine(engine_python, SCRIPT, core + core) == kernels


def test_a_machine_of_another_kind_says_nothing(engine_python: str) -> None:
    assert in_engine(engine_python, SCRIPT, "BogoMIPS\t: 50\nFeatures\t: fp asimd\n") is None
