"""NumPy arrays as they travel here: of any dtype, and by name."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = dict[str, Array]
