"""Which weights of a graph are known to be the source's, and the hashes of their rows and columns."""

import numpy as np
import pytest

from edge_engine.references import References
from edge_engine.weights import Array, attach_weights, line_hashes

RNG = np.random.default_rng(3)
OWN = RNG.normal(size=(12, 8)).astype(np.float32)


def attached(stored: Array, sources: "dict[str, Array]", name: str = "val_1") -> References:
    references = References()
    references.add("one", "random", {"in": {"x": np.zeros(1)}, "fp32": {"y": np.zeros(1)}})
    count = attach_weights(references, "one", [(name, stored)], sources.items())
    assert count == len(references.weights)
    return references


def test_hashes_are_those_that_the_checks_compute() -> None:
    rows, columns = line_hashes(np.array([[1, -2, 0.5], [3, 4, 5]], np.float32))

    # Of test/validate/weights/weights.test.ts.
    assert (rows.dtype, rows.tolist(), columns.tolist()) == (
        np.int32,
        [1551892480, 916455424],
        [-339738624, -662700032, -1918894080],
    )


def test_one_number_changes_its_row_and_its_column_alone() -> None:
    other = OWN.copy()
    other[5, 3] = np.nextafter(other[5, 3], np.float32(9))
    changed = [np.flatnonzero(one != two).tolist() for one, two in zip(line_hashes(OWN), line_hashes(other))]

    assert changed == [[5], [3]]


@pytest.mark.parametrize(
    "stored",
    [OWN, OWN.T, OWN[4:8], OWN[4:8].T, np.vstack([OWN[:0], OWN])],
    ids=["as it is", "turned", "rows of it", "rows of it, turned", "a copy"],
)
def test_a_weight_is_known_by_its_values(stored: Array) -> None:
    references = attached(np.ascontiguousarray(stored), {"other": OWN + 1, "layer.weight": OWN})

    assert references.weights == {"val_1": "layer.weight"}
    assert references.array("one", "aux", "weight.rows/val_1").tolist() == line_hashes(stored)[0].tolist()


def test_a_weight_that_was_computed_is_none_of_the_source() -> None:
    assert attached(OWN * 2, {"layer.weight": OWN}).weights == {}
    assert attached(OWN * np.linspace(1, 2, 8, dtype=np.float32), {"layer.weight": OWN}).weights == {}


def test_one_that_the_exporter_computed_again_is_known_in_spite_of_its_rounding() -> None:
    near = np.nextafter(OWN, np.float32(9))
    references = attached(near, {"normed.weight": OWN})

    assert references.weights == {"val_1": "normed.weight"}
    assert references.array("one", "aux", "weight.rows/val_1").tolist() == line_hashes(near)[0].tolist()


def test_one_of_the_same_name_with_another_row_is_told_as_the_source_has_it() -> None:
    wrong = OWN.copy()
    wrong[2] *= 1.01
    references = attached(wrong, {"layer.weight": OWN}, "layer.weight")

    assert references.array("one", "aux", "weight.rows/layer.weight").tolist() == line_hashes(OWN)[0].tolist()


def test_one_of_which_rows_are_zero_is_found_by_another_row() -> None:
    masked = OWN.copy()
    masked[:3] = 0

    assert attached(masked, {"layer.weight_orig": OWN, "layer.weight": masked}).weights == {"val_1": "layer.weight"}
    assert attached(np.zeros_like(OWN), {"layer.weight": np.zeros_like(OWN)}).weights == {"val_1": "layer.weight"}
