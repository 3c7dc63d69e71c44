"""The list of changes: each edits a model in place, or raises NotApplicable where the model has nothing to change."""

from collections.abc import Callable
from dataclasses import dataclass

import onnx

Edit = Callable[[onnx.ModelProto], None]


class NotApplicable(Exception):
    """The model has no such part."""


@dataclass(frozen=True)
class Mutation:
    title: str
    edit: Edit
    #: The check that must find it; None for a harmless change.
    found: str | None


MUTATIONS: list[Mutation] = []


def wrong(title: str, found: str = "parity") -> Callable[[Edit], Edit]:
    return _register(title, found)


def harmless(title: str) -> Callable[[Edit], Edit]:
    return _register(title, None)


def _register(title: str, found: str | None) -> Callable[[Edit], Edit]:
    def add(edit: Edit) -> Edit:
        MUTATIONS.append(Mutation(title, edit, found))
        return edit

    return add
