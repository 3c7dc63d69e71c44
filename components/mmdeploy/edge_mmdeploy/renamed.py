"""Weights that are there under other names: a wrapper's prefix, or the second set of an old hook."""

from .misfit import Misfit

#: Who puts it before the names of a model.
WRAPPERS = {
    "_orig_mod.": "torch.compile writes them",
    "model.": "PyTorch Lightning and others write them",
}
OLD_EMA = "ema_"
OLD_EMA_NEXT = (
    "These are the second set of weights of an EMA hook from before mmengine; the other set has the averages. "
    "Allow them in the repository's conversion.yaml: `allow: {unexpected: ['ema_*']}`."
)


def renaming_hint(misfit: Misfit) -> str | None:
    """The step that helps where all that is missing is there under another name; None where it is not."""
    prefix = _prefix(misfit)
    if prefix is not None:
        by = WRAPPERS.get(prefix, "a wrapper writes them")
        renamed = f"{{key.removeprefix('{prefix}'): value for key, value in state_dict.items()}}"
        return (
            f"All missing tensors exist with the prefix `{prefix}`, as {by}. Save them without it in the training "
            f"environment: `torch.save({{'state_dict': {renamed}}}, 'model.pth')`."
        )
    only_more = misfit.unexpected and not misfit.missing and not misfit.misshaped
    if only_more and all(name.startswith(OLD_EMA) for name in misfit.unexpected):
        return OLD_EMA_NEXT
    return None


def _prefix(misfit: Misfit) -> str | None:
    if not misfit.missing:
        return None
    first, there = misfit.missing[0], set(misfit.unexpected)
    found = sorted(name.removesuffix(first) for name in there if name.endswith(f".{first}"))
    return next((each for each in found if all(each + name in there for name in misfit.missing)), None)
