"""The mmdeploy engine. Argument: path of request.json. See README.md."""

import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The model folder may have modules of our names: ours come first, and only from here.
sys.path[:0] = [str(HERE), str(HERE.parent / "_shared")]

# Checkpoints of mmengine hold more than tensors; from torch 2.6 on, loading them needs this.
os.environ.setdefault("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
warnings.simplefilter("ignore")

from edge_engine.run import fix_hash_seed, run_engine  # noqa: E402
from edge_mmdeploy.blas_kernels import use_fast_kernels  # noqa: E402
from edge_mmdeploy.garbage import do_not_collect  # noqa: E402

if __name__ == "__main__":
    # Before the imports, which would be paid for twice.
    fix_hash_seed()
    use_fast_kernels()
    do_not_collect()

from edge_mmdeploy.conversion import PACKAGES, STAGES, convert  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_engine(convert, STAGES, PACKAGES))
