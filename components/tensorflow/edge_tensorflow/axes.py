"""Names and lengths of free axes: which belong together is asked of the source, as TensorFlow has no names for them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from edge_engine.failure import Failure

BATCH = "batch"
Place = tuple[str, int]
#: By axis's name, a length.
Sizes = dict[str, int]
#: Whether the source runs with these lengths by place.
Runs = Callable[[Mapping[Place, int]], bool]

#: Tried in this order where nobody says a length: small, off each other, with room for strides.
PICTURES = ((64, 96), (96, 64), (128, 160), (224, 256), (32, 48))
LENGTHS = (16, 24, 11, 8, 32, 64, 5)
IMAGE_AXES = 4


@dataclass
class Axes:
    """names: of each free axis of an input. base: lengths at which the source runs."""

    names: dict[Place, str] = field(default_factory=dict)
    base: Sizes = field(default_factory=dict)

    def sizes(self, chosen: Mapping[str, int]) -> dict[Place, int]:
        return {place: chosen.get(name, self.base[name]) for place, name in self.names.items()}


def name_axes(
    free: Mapping[str, list[int]],
    ranks: Mapping[str, int],
    wanted: Mapping[str, list[int]],
    runs: Runs,
    channels_first: frozenset[str],
) -> Axes:
    """free: by input, its axes without a length. wanted: lengths that conversion.yaml asks for, by name.

    `Failure` where the source runs at no length that was tried.
    """
    axes = Axes()
    others = []
    for name, places in free.items():
        for axis in places:
            if axis == 0:
                axes.names[name, 0] = BATCH
            else:
                others.append((name, axis))
    if any(axis == 0 for _, axis in axes.names):
        axes.base[BATCH] = _first(wanted.get(BATCH), 2)
    if not others:
        return axes
    kinds = {place: _kind(place, ranks, channels_first) for place in others}
    start = _start(others, kinds, wanted, lambda sizes: runs({**axes.sizes({}), **sizes}))
    groups = _groups(others, start, lambda sizes: runs({**axes.sizes({}), **sizes}))
    for group, name in zip(groups, _named(groups, kinds)):
        axes.names |= {place: name for place in group}
        axes.base[name] = start[group[0]]
    return axes


def _first(sizes: list[int] | None, default: int) -> int:
    return sizes[0] if sizes else default


def _kind(place: Place, ranks: Mapping[str, int], channels_first: frozenset[str]) -> str:
    name, axis = place
    if ranks[name] == IMAGE_AXES:
        sides = (2, 3) if name in channels_first else (1, 2)
        if axis in sides:
            return ("height", "width")[sides.index(axis)]
    return "length" if axis == 1 else f"axis_{axis}"


def _start(
    places: list[Place], kinds: dict[Place, str], wanted: Mapping[str, list[int]], runs: Runs
) -> dict[Place, int]:
    """Lengths at which the source runs, one for all axes of a kind."""

    def lengths(height: int, width: int, length: int) -> dict[Place, int]:
        usual = {"height": height, "width": width}
        return {
            place: _first(
                wanted.get(f"{place[0]}_{kinds[place]}") or wanted.get(kinds[place]), usual.get(kinds[place], length)
            )
            for place in places
        }

    tried = [lengths(*picture, LENGTHS[0]) for picture in PICTURES] + [
        lengths(*PICTURES[0], length) for length in LENGTHS
    ]
    for sizes in {tuple(each.values()): each for each in tried}.values():
        if runs(sizes):
            return sizes
    shown = "; ".join(
        ", ".join(f"{name}[{axis}]={size}" for (name, axis), size in sizes.items()) for sizes in tried[:3]
    )
    message = f"the model runs at none of the lengths that were tried ({shown}, …)"
    hint = "Say which it takes in conversion.yaml: validate: {shapes: {length: [16, 24]}} (or height, width)."
    raise Failure("input", "source-fails", message, hint)


def _groups(places: list[Place], start: dict[Place, int], runs: Runs) -> list[list[Place]]:
    """Axes that must have one length: alone, the source refuses another length of each of them."""

    def moved(some: Iterable[Place]) -> bool:
        return runs({**start, **{place: start[place] + _step(start[place]) for place in some}})

    alone = [place for place in places if moved([place])]
    bound = [place for place in places if place not in alone]
    groups = [[place] for place in alone]
    while bound:
        first, *rest = bound
        partner = next((place for place in rest if start[place] == start[first] and moved([first, place])), None)
        group = [first] if partner is None else [first, partner]
        if partner is None and len(rest) > 1 and moved(bound):
            group = list(bound)
        groups.append(group)
        bound = [place for place in bound if place not in group]
    return sorted(groups, key=lambda group: places.index(group[0]))


def _step(length: int) -> int:
    """As large as its stride may be, and little for a short one."""
    return 32 if length >= 32 else 1


def _named(groups: list[list[Place]], kinds: dict[Place, str]) -> list[str]:
    """By what it is, where only one is of that kind; else with the input's name before it."""
    plain = [kinds[group[0]] for group in groups]
    return [
        kind if plain.count(kind) == 1 and not kind.startswith("axis_") else f"{group[0][0]}_{kind}"
        for group, kind in zip(groups, plain)
    ]
