"""XGBoost's trees, with the softmax that onnxmltools leaves out where the training names the best class alone."""

import json
from typing import Any

from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost

#: `predict_proba` gives probabilities all the same.
NAMES_CLASSES = "multi:softmax"


def convert_boosted(scope: Any, operator: Any, container: Any) -> None:
    """As onnxmltools does, but for that softmax: the scores of three and more classes are sums there."""
    before = len(container.nodes)
    convert_xgboost(scope, operator, container)
    said = json.loads(operator.raw_operator.get_booster().save_config())["learner"]["objective"]["name"]
    for node in container.nodes[before:]:
        for attribute in node.attribute:
            if said == NAMES_CLASSES and attribute.name == "post_transform":
                attribute.s = b"SOFTMAX"
