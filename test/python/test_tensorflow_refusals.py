"""What tf2onnx logs of an operator that it knows and does not convert is told."""

import logging
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "components/tensorflow"))

from edge_tensorflow.refusals import LOGGER, Refusals


def test_the_first_reason_of_each_operator_in_one_line() -> None:
    logger = logging.getLogger(LOGGER)
    with Refusals() as refusals:
        for reason in ("make_sure failure: no narrow_range\n=1", "another"):
            try:
                raise ValueError(reason)
            except ValueError:
                logger.error("Failed to convert node %r (fct=%r)\n%r", "a", len, "OP=Fake\nName=a", exc_info=True)
        logger.error("something else")
    logger.error("after it")
    assert refusals.by_operator == {"Fake": "no narrow_range =1"}
