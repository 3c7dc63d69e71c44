"""Why tf2onnx left an operator as it is, though it knows it: it only logs that."""

import logging
import re
from typing import Any

#: tf2onnx logs each node as `Failed to convert node 'name' (fct=…)`, with its summary in which `OP=` stands.
OPERATOR = re.compile(r"OP=(\w+)")
LOGGER = "tf2onnx.tfonnx"
LONGEST = 200


class Refusals(logging.Handler):
    """As a context; afterwards `by_operator` has the first reason of each operator, in one line."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.by_operator: dict[str, str] = {}

    def __enter__(self) -> "Refusals":
        logging.getLogger(LOGGER).addHandler(self)
        return self

    def __exit__(self, *_: Any) -> None:
        logging.getLogger(LOGGER).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        found = OPERATOR.search(record.getMessage())
        if error is not None and found is not None:
            self.by_operator.setdefault(
                found[1], " ".join(str(error).removeprefix("make_sure failure: ").split())[:LONGEST]
            )
