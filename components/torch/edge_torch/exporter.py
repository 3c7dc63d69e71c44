"""Which of torch's two exporters: the one that is asked for, or the only one that heeds what is asked."""

from dataclasses import dataclass
from typing import Any, Literal

from edge_engine.failure import Failure

from .file_form import Form

Exporter = Literal["dynamo", "torchscript"]

#: Opsets that each writes exactly; dynamo writes 18 where an older one is asked for.
OPSETS = {"dynamo": (18, 26), "torchscript": (7, 23)}
DEFAULT_OPSET = {"dynamo": 18, "torchscript": 17}
#: Of the options those that dynamo ignores or breaks, with the values that mean nothing.
ONLY_TORCHSCRIPT: dict[str, tuple[Any, ...]] = {
    "training": ("EVAL",),
    "export_params": (True,),
    "do_constant_folding": (True,),
    "custom_opsets": ({},),
    "export_modules_as_functions": (False,),
    "operator_export_type": ("ONNX",),
}


@dataclass(frozen=True)
class Choice:
    exporter: Exporter
    opset: int
    #: The option that decided, for a person; None where nothing but the default did.
    because: "str | None" = None


def choose_exporter(options: dict[str, Any], form: Form, has_dynamo: bool, newest: "int | None" = None) -> Choice:
    """`Failure` where two wishes contradict each other. newest: the highest opset that torchscript has here."""
    wanted = options.get("exporter")
    needs_old = _needs_torchscript(options, form)
    needs_new = "the file is a torch.export program" if form == "exported" else None
    if needs_old and needs_new:
        raise _contradiction(f"{needs_old}, and {needs_new}, which only dynamo exports", "Take out the option.")
    if wanted == "dynamo" and needs_old:
        hint = "Take out `exporter: dynamo`, or the option."
        raise _contradiction(f"torch.exporter is dynamo, but {needs_old}, which it does not heed", hint)
    if wanted == "torchscript" and needs_new:
        raise _contradiction(f"torch.exporter is torchscript, but {needs_new}", "Take out `exporter: torchscript`.")
    if (wanted == "dynamo" or needs_new) and not has_dynamo:
        hint = "Use torch 2.6 or newer, or the exporter torchscript with a state_dict or a TorchScript file."
        raise Failure("input", "exporter-missing", "the torch that is installed here has no dynamo exporter", hint)
    old = wanted == "torchscript" or needs_old is not None or not has_dynamo
    exporter: Exporter = "torchscript" if old else "dynamo"
    return Choice(exporter, _opset(options, exporter, newest), needs_old or needs_new)


def _needs_torchscript(options: dict[str, Any], form: Form) -> "str | None":
    if form == "torchscript":
        return "the file is TorchScript"
    for name, harmless in ONLY_TORCHSCRIPT.items():
        if name in options and options[name] not in harmless:
            return f"torch.{name} is {options[name]}"
    opset = options.get("opset_version")
    if opset is not None and opset < OPSETS["dynamo"][0] and form != "exported":
        return f"torch.opset_version is {opset}"
    return None


def _opset(options: dict[str, Any], exporter: Exporter, newest: "int | None") -> int:
    least, most = OPSETS[exporter]
    if exporter == "torchscript" and newest is not None:
        most = min(most, newest)
    opset = int(options.get("opset_version", min(DEFAULT_OPSET[exporter], most)))
    if not least <= opset <= most:
        message = f"torch.opset_version is {opset}, but the exporter {exporter} of this torch writes {least} to {most}"
        raise Failure("input", "opset-out-of-range", message, f"Choose one between {least} and {most}.")
    return opset


def _contradiction(message: str, hint: str) -> Failure:
    return Failure("input", "exporter-contradiction", message, hint)
