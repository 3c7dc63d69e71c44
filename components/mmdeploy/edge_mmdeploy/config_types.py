"""New-style configurations name types by their classes; MMDeploy, and our own code, know registered names alone."""

import inspect
from types import ModuleType
from typing import Any

from mmengine.config import Config
from mmengine.config.lazy import LazyAttr, LazyObject
from mmengine.registry import Registry, root
from mmengine.utils import get_object_from_string

#: What MMDeploy builds or reads: a class of another part that cannot be imported is no fault.
NEEDED = ("model", "data_preprocessor", "test_pipeline")
ROOT_SCOPE = "mmengine"


def with_registered_names(config: Config) -> Config:
    """Each `type` as text: classes, what stands for a class (LazyObject), and the dotted paths that a dump makes of it.

    Returns the configuration itself where it holds none of them. Raises ImportError where a needed class is not there.
    """
    raw = dict(dict.items(config._cfg_dict))
    imported: set[str] = getattr(config, "_imported_names", set())
    plain = {key: value for key, value in raw.items() if key not in imported and not _is_code(value)}
    scope = plain.get("default_scope") or _package(_class_of((plain.get("model") or {}).get("type")))
    named = {key: _named(value, key, key in NEEDED, scope) for key, value in plain.items()}
    return config if named == raw else Config(named, filename=config.filename)


def _named(value: Any, key: str, needed: bool, scope: str | None) -> Any:
    if isinstance(value, dict):
        return {name: _named(item, name, needed, scope) for name, item in dict.items(value)}
    if isinstance(value, (list, tuple)):
        return type(value)(_named(item, key, needed, scope) for item in value)
    if key != "type" and not isinstance(value, (LazyObject, LazyAttr)):
        return value
    try:
        found = _class_of(value)
    except Exception:
        if needed:
            raise
        return str(value)
    if found is None:
        return value
    return registered_name(found, scope) if key == "type" else found


def registered_name(kind: Any, scope: str | None) -> str:
    """The name that gives this class, or a descendant of it, in the scope; its dotted path where it has none."""
    for base in _registries():
        for registry in (base, *base.children.values()):
            name = next((name for name, each in registry.module_dict.items() if each is kind), None)
            if name is None:
                continue
            here = _found(base.children.get(scope or "", base), name)
            descends = inspect.isclass(here) and inspect.isclass(kind) and issubclass(here, kind)
            return name if here is kind or descends else f"{registry.scope}.{name}"
    return f"{kind.__module__}.{kind.__qualname__}"


def _found(registry: Registry, name: str) -> Any:
    """mmengine raises where no registry up to the root knows the name."""
    try:
        return registry.get(name)
    except RuntimeError:
        return None


def _registries() -> list[Registry]:
    return [each for each in vars(root).values() if isinstance(each, Registry)]


def _class_of(value: Any) -> Any:
    """What a `type` stands for; None where it is a registered name already, or nothing."""
    if isinstance(value, (LazyObject, LazyAttr)):
        return value.build()
    if not isinstance(value, str):
        return value if inspect.isclass(value) or inspect.isfunction(value) else None
    package, _, rest = value.partition(".")
    is_path = "." in rest or (rest and package not in _scopes())
    return get_object_from_string(value) if is_path else None


def _scopes() -> set[str]:
    return {ROOT_SCOPE, *(scope for registry in _registries() for scope in registry.children)}


def _package(kind: Any) -> str | None:
    return None if kind is None else str(kind.__module__).partition(".")[0]


def _is_code(value: Any) -> bool:
    """Modules of Python itself and functions of the file are no settings."""
    return isinstance(value, ModuleType) or inspect.isfunction(value)
