"""torch.onnx.export, by either exporter, and what its errors mean for a person."""

import contextlib
import io
import linecache
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from edge_engine.failure import Failure, causes_of, last_line, place_in

from .exporter import Choice
from .free_axes import DynamicAxes
from .load_model import Loaded
from .versions import has_dynamo

#: In what torch.export says where a free axis has one length for the module.
BAKED = ("Constraints violated", "specialized", "inferred ranges from model tracing", "inferred a static shape")


class Export:
    """One export into a file: the module as it is, or flat."""

    def __init__(self, loaded: Loaded, choice: Choice, options: dict[str, Any], folder: Path) -> None:
        self.loaded, self.choice, self.options, self.folder = loaded, choice, options, folder
        #: Lines that tracing turned into a constant, as the exporter warns, of the model's own code and of others'.
        self.traced: list[str] = []
        self.traced_elsewhere: list[str] = []
        #: The torch.export program that dynamo made on its way; None of torchscript.
        self.program: Any = None

    def write(
        self,
        module: Any,
        tensors: Sequence[torch.Tensor],
        path: Path,
        names: "tuple[list[str], list[str] | None, DynamicAxes]",
    ) -> None:
        """names: of the inputs, of the outputs (None: the exporter's own), and the free axes. Throws `Failure`."""
        inputs, outputs, axes = names
        arguments: dict[str, Any] = {
            "input_names": inputs,
            "output_names": outputs,
            "opset_version": self.choice.opset,
            "verbose": bool(self.options.get("verbose", False)),
            "keep_initializers_as_inputs": bool(self.options.get("keep_initializers_as_inputs", False)),
        }
        if self.choice.exporter == "dynamo":
            arguments |= {"dynamo": True, "external_data": False}
        else:
            arguments |= self._torchscript_arguments()
        program = self.loaded.program
        # The axes of a program are its own.
        if axes and program is None:
            arguments["dynamic_axes"] = axes
        try:
            with warnings.catch_warnings(record=True) as caught, _quiet(arguments["verbose"]):
                # With gradients on: without them, old torch takes a transformer's fast path, which no exporter knows.
                warnings.simplefilter("always")
                target = module if program is None else program
                made = torch.onnx.export(target, () if program is not None else tuple(tensors), str(path), **arguments)
        except Exception as error:  # exporters raise whatever they meet
            raise self._failure(error) from error
        self.program = getattr(made, "exported_program", None)
        for entry in filter(_is_traced, caught):
            self._note(entry)
        stray = sorted(other.name for other in path.parent.iterdir() if other != path)
        if stray:
            message = f"the exporter wrote {', '.join(stray[:3])} beside the graph"
            raise Failure("bug", "stray-files", message, "Report it with the log.")

    def _torchscript_arguments(self) -> dict[str, Any]:
        options = self.options
        found: dict[str, Any] = {
            "export_params": options.get("export_params", True),
            "do_constant_folding": options.get("do_constant_folding", True),
            "custom_opsets": options.get("custom_opsets") or None,
            "training": getattr(torch.onnx.TrainingMode, options.get("training", "EVAL")),
            "operator_export_type": getattr(
                torch.onnx.OperatorExportTypes, options.get("operator_export_type", "ONNX")
            ),
            "export_modules_as_functions": options.get("export_modules_as_functions", False),
        }
        return {**found, "dynamo": False} if has_dynamo() else found

    def _note(self, entry: Any) -> None:
        path, folder = Path(entry.filename).resolve(), self.folder.resolve()
        if path.is_relative_to(folder):
            self.traced.append(f"{path.relative_to(folder)}, line {entry.lineno}")
        else:
            self.traced_elsewhere.append(f"{path.name}, line {entry.lineno}")

    def _failure(self, error: BaseException) -> Failure:
        # What happens in the machine is told as such by the runner's own look at the causes.
        if any(isinstance(cause, (MemoryError, OSError, KeyboardInterrupt)) for cause in causes_of(error)):
            raise error
        root = causes_of(error)[-1]
        text = " ".join(last_line(cause) for cause in causes_of(error))
        code = _code_of(text, [type(cause).__name__ for cause in causes_of(error)])
        place = place_in(error, self.folder)
        said = last_line(root).split("Suggested fixes")[0].split("For more information")[0].strip()[:400]
        if code == "axis-baked":
            said = f"a free axis has one length for it: {said}"
        message = (
            f"{place + ': ' if place else ''}torch's exporter {self.choice.exporter} cannot export this module: {said}"
        )
        if code == "data-dependent":
            hint = "Write it as an operator that looks at each value, as torch.where, or as torch.cond."
            return Failure("input", "data-dependent", message, hint)
        if code == "axis-baked":
            hint = "Take the axis out of torch.dynamic_axes, or let forward compute with x.shape instead of a constant."
            return Failure("input", "axis-baked", message, hint)
        if code == "operator-unsupported":
            hint = "Use operators that ONNX has, or another opset (torch.opset_version)."
            return Failure("input", "operator-unsupported", message, hint)
        return Failure("input", "export-fails", message, f"Change that part of the module{self._other()}.")

    def _other(self) -> str:
        """The other exporter, where it takes this file."""
        other = "torchscript" if self.choice.exporter == "dynamo" else "dynamo"
        is_free = self.loaded.form not in ("torchscript", "exported") and (other == "torchscript" or has_dynamo())
        return f", or try the other one: torch: {{exporter: {other}}}" if is_free else ""


def _is_traced(entry: Any) -> bool:
    line = linecache.getline(entry.filename, entry.lineno).strip()
    return issubclass(entry.category, torch.jit.TracerWarning) and not line.startswith("assert")


def _code_of(text: str, kinds: list[str]) -> str:
    if "GuardOnDataDependentSymNode" in kinds or "data-dependent" in text.lower():
        return "data-dependent"
    if "ConstraintViolationError" in kinds or any(words in text for words in BAKED):
        return "axis-baked"
    if {"UnsupportedOperatorError", "DispatchError", "ConversionError"} & set(kinds):
        return "operator-unsupported"
    return "export-fails"


@contextlib.contextmanager
def _quiet(verbose: bool) -> Any:
    """The exporters' progress on stdout is noise where nobody asked for it; warnings are kept by the caller."""
    if verbose:
        yield
        return
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "torch.export", "torch._dynamo", "torch.fx")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        for logger, level in zip(loggers, levels):
            logger.setLevel(level)
