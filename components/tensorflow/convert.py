"""The tensorflow engine. Argument: path of request.json. See README.md."""

import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The model folder may have modules of our names: ours come first, and only from here.
sys.path[:0] = [str(HERE), str(HERE.parent / "_shared")]

# One order of sums, so that the same request gives the same references; nothing of a GPU, and no chatter in the log.
os.environ.update(
    CUDA_VISIBLE_DEVICES="-1",
    KERAS_BACKEND="tensorflow",
    OMP_NUM_THREADS="1",
    TF_CPP_MIN_LOG_LEVEL="2",
    TF_ENABLE_ONEDNN_OPTS="0",
    TF_NUM_INTEROP_THREADS="1",
    TF_NUM_INTRAOP_THREADS="1",
)
warnings.simplefilter("ignore")

from edge_engine.run import fix_hash_seed, run_engine  # noqa: E402

if __name__ == "__main__":
    # Before the imports, which would be paid for twice.
    fix_hash_seed()

from edge_tensorflow.conversion import PACKAGES, STAGES, convert  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_engine(convert, STAGES, PACKAGES))
