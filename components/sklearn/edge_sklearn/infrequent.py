"""What a OneHotEncoder that groups its infrequent categories makes of one column for each category."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


def grouped_columns(encoder: Any) -> tuple[Matrix, Matrix]:
    """Matrix [categories, columns] and row [columns]: `columns @ matrix + row` is what `transform` gives.

    A value that is unknown has no category: its row alone is left, with what the encoder gives for it.
    """
    kept = [_kept(encoder, at) for at in range(len(encoder.categories_))]
    rows = sum(len(groups) for groups, _, _ in kept)
    matrix = np.zeros((rows, sum(width for _, _, width in kept)), np.float32)
    unknown = np.zeros(matrix.shape[1], np.float32)
    row = column = 0
    for groups, of_unknown, width in kept:
        if of_unknown is not None:
            unknown[column + of_unknown] = 1
            matrix[row : row + len(groups), column + of_unknown] -= 1
        for at, group in enumerate(groups):
            if group is not None:
                matrix[row + at, column + group] += 1
        row, column = row + len(groups), column + width
    return matrix, unknown


def _kept(encoder: Any, at: int) -> tuple[list[int | None], int | None, int]:
    """The output column of each category, that of an unknown value, and how many there are. None: no column."""
    count = len(encoder.categories_[at])
    mapping = encoder._default_to_infrequent_mappings[at]
    groups = list(range(count)) if mapping is None else [int(group) for group in mapping]
    width = max(groups) + 1
    infrequent = width - 1 if mapping is not None and encoder.handle_unknown != "ignore" else None
    dropped = None if encoder._drop_idx_after_grouping is None else encoder._drop_idx_after_grouping[at]
    if dropped is None:
        return [*groups], infrequent if encoder.handle_unknown != "error" else None, width
    place = [None if group == dropped else group - (group > dropped) for group in range(width)]
    of_unknown = None if infrequent is None or encoder.handle_unknown == "error" else place[infrequent]
    return [place[group] for group in groups], of_unknown, width - 1
