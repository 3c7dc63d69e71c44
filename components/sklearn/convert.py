"""The sklearn engine. Argument: path of request.json. See README.md."""

import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The model folder may have modules of our names: ours come first, and only from here.
sys.path[:0] = [str(HERE), str(HERE.parent / "_shared")]

# One order of sums, so that the same request gives the same references.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
warnings.simplefilter("ignore")

from edge_engine.run import fix_hash_seed, run_engine  # noqa: E402

if __name__ == "__main__":
    # Before the imports, which would be paid for twice.
    fix_hash_seed()

from edge_sklearn.conversion import PACKAGES, STAGES, convert  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_engine(convert, STAGES, PACKAGES))
