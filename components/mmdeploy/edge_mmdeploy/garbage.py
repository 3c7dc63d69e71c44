"""While modules are imported, Python looks for garbage hundreds of times, among ever more objects that stay."""

import gc


def do_not_collect() -> None:
    """Before the imports."""
    gc.disable()


def collect_from_here() -> None:
    """Once the model is there. What was made so far becomes old without a look."""
    gc.freeze()
    gc.unfreeze()
    gc.enable()
