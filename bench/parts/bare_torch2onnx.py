"""MMDeploy's own export, as its tools/deploy.py calls it, in one process that does nothing else.

usage: bare_torch2onnx.py DEPLOY_CONFIG MODEL_FOLDER WORK_FOLDER
"""

import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "components/mmdeploy"), str(ROOT / "components/_shared")]
warnings.simplefilter("ignore")

from mmdeploy.apis import torch2onnx  # noqa: E402

from edge_mmdeploy.nms import replace_nms  # noqa: E402


def main() -> None:
    deploy, model, work = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    picture = sorted((model / "samples").iterdir())[0]
    # Without it no detector can be traced by torch 1.13.
    replace_nms()
    torch2onnx(
        str(picture),
        work,
        "end2end.onnx",
        deploy,
        str(model / "config.py"),
        str(model / "epoch_1.pth"),
        "cpu",
    )


if __name__ == "__main__":
    main()
