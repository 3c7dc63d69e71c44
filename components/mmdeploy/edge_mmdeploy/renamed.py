"""Weights that are there under other names: a wrapper's prefix, or the second set of an old hook."""

from .misfit import Misfit

#: Who puts it before the names of a model.
WRAPPERS = {
    "_orig_mod.": "torch.compile does",
    "model.": "PyTorch Lightning and others do",
}
OLD_EMA = "ema_"
OLD_EMA_NEXT = (
    "These are the second weights of an EMA hook before mmengine; the averaged ones are the others. Allow them in the "
    "conversion.yaml of the Git repository: `allow: {unexpected: ['ema_*']}`."
)


def renaming_hint(misfit: Misfit) -> str | None:
    """The step that helps where all that is missing is there under another name; None where it is not."""
    prefix = _prefix(misfit)
    if prefix is not None:
        by = WRAPPERS.get(prefix, "a wrapper does")
        renamed = f"{{key.removeprefix('{prefix}'): value for key, value in state_dict.items()}}"
        return (
            f"All that is missing is there with `{prefix}` before its name, as {by}. Save it without, where it was "
            f"trained: torch.save({{'state_dict': {renamed}}}, 'model.pth')."
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
