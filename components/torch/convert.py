"""The torch engine. Argument: path of request.json. See README.md."""

import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The model folder may have modules of our names: ours come first, and only from here.
sys.path[:0] = [str(HERE), str(HERE.parent / "_shared")]

# Nothing is asked of the network, and nothing is written beside what was asked for.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
# Exporters name what they make by the objects' addresses and counters where compiled code is cached.
os.environ.setdefault("TORCHINDUCTOR_FORCE_DISABLE_CACHES", "1")
warnings.simplefilter("ignore")

from edge_engine.run import fix_hash_seed, run_engine  # noqa: E402

if __name__ == "__main__":
    # Before the imports, which would be paid for twice.
    fix_hash_seed()

from edge_torch.conversion import PACKAGES, STAGES, convert  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_engine(convert, STAGES, PACKAGES))
