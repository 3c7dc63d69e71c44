"""MMDeploy's export in our own process: what mmdeploy.apis.torch2onnx does, with a strict load and a look inside."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import mmengine.runner.checkpoint
import onnx
import torch
from mmengine.config import Config
from mmengine.model import revert_sync_batchnorm

from edge_engine.failure import Failure, last_line

from .adaptive_pool import pool_as_source
from .agnostic_nms import class_agnostic_nms
from .beside import beside
from .config_faults import explain_build_error
from .custom_operators import check_operators
from .export_faults import not_exportable
from .follow_heads import following_heads
from .forward_hooks import HookedHead
from .intermediate_tensors import Traced, hide_intermediate, returning_intermediate
from .nms import replace_nms
from .one_search import search_once
from .prior_devices import priors_on_cpu
from .roi_threads import align_in_threads
from .static_methods import keep_static_methods
from .suppression import is_class_agnostic
from .traced_functions import NotedFunctions
from .traced_layers import PREFIX

#: Called with the patched model while MMDeploy's rewriting is in force. The second raises once the export has failed.
Inside = Callable[[torch.nn.Module, Callable[[], None]], None]
Load = Callable[[torch.nn.Module], None]


@dataclass(frozen=True)
class Output:
    """file: of the graph, to be written. code: the folder of the model's own code, which may be why it cannot be."""

    file: Path
    code: Path


@dataclass(frozen=True)
class Source:
    """A model that is loaded and ready for export, and the task processor that MMDeploy made for it."""

    config: Config
    deploy: Config
    task: Any
    model: torch.nn.Module
    #: As training left it: a copy from before MMDeploy fused or replaced anything. In evaluation mode.
    unpatched: torch.nn.Module


@dataclass(frozen=True)
class Written:
    """The graph as the file has it, and what its trace has seen."""

    graph: onnx.GraphProto
    #: Names of tensors inside the graph that can be compared, and of others, why they cannot.
    names: list[str]
    left_out: dict[str, str]
    functions: NotedFunctions


def build_source(config: Config, deploy: Config, load: Load, name: str) -> Source:
    """Builds the network on the CPU (the exporter works there in any case) and loads its weights."""
    from mmdeploy.apis.utils import build_task_processor

    config = deepcopy(config)
    try:
        task = build_task_processor(config, deploy, "cpu")
        with _loading(load) as loaded:
            model = task.build_pytorch_model("checkpoint")
        (unpatched,) = loaded
    except Failure:
        raise
    except Exception as error:
        failure = explain_build_error(error, config)
        if failure is None:
            hint = "Correct the model in the configuration; the engine's log has the full traceback."
            message = f"the model of {name} cannot be built: {last_line(error)}"
            failure = Failure("input", "config-model-invalid", message, hint)
        raise failure from error
    return Source(config, deploy, task, model, unpatched)


def export_onnx(
    source: Source, heads: list[HookedHead], data: dict[str, Any], tensor: torch.Tensor, output: Output, inside: Inside
) -> Written:
    """Writes the graph; `inside` runs the very model that is traced, beside that."""
    from mmdeploy.apis.onnx import export
    from mmdeploy.utils import get_dynamic_axes

    onnx_config = source.deploy.onnx_config
    replace_nms()
    pool_as_source()
    keep_static_methods()
    search_once()
    if source.config.default_scope == "mmdet":
        priors_on_cpu()
        align_in_threads()
    with _beside_export(source.config, heads, output, inside) as traces:
        export(
            source.model,
            tensor,
            str(output.file.with_suffix("")),
            backend="onnxruntime",
            input_metas={"data_samples": data["data_samples"], "mode": "predict"},
            context_info={"deploy_cfg": source.deploy},
            input_names=list(onnx_config.input_names),
            output_names=list(onnx_config.output_names),
            opset_version=onnx_config.get("opset_version", 11),
            dynamic_axes=get_dynamic_axes(source.deploy),
            keep_initializers_as_inputs=onnx_config.get("keep_initializers_as_inputs", False),
            optimize=onnx_config.get("optimize", True),
        )
    (traced,) = traces
    model = onnx.load(str(output.file))
    left_out = hide_intermediate(model.graph, traced.names)
    onnx.save(model, str(output.file))
    said = {name: why for name, why in left_out.items() if not name.startswith(PREFIX)}
    named = [name for name in traced.names if name not in left_out]
    return Written(model.graph, named, said, traced.functions.noted())


@contextmanager
def _loading(load: Load) -> Iterator[list[torch.nn.Module]]:
    """build_pytorch_model loads leniently: our loader takes the place of mmengine's while it runs.

    Yields copies of the models that were loaded. Right after it, MMDeploy fuses branches (`switch_to_deploy`).
    """
    original = mmengine.runner.checkpoint.load_checkpoint
    loaded: list[torch.nn.Module] = []

    def load_and_copy(model: torch.nn.Module, *_: Any, **__: Any) -> None:
        load(model)
        loaded.append(revert_sync_batchnorm(deepcopy(model)).eval())

    mmengine.runner.checkpoint.load_checkpoint = load_and_copy
    try:
        yield loaded
    finally:
        mmengine.runner.checkpoint.load_checkpoint = original


@contextmanager
def _beside_export(config: Config, heads: list[HookedHead], output: Output, inside: Inside) -> Iterator[list[Traced]]:
    """MMDeploy's rewriting ends when its export returns, so the references are computed while torch's export runs.

    Where both fail, the export's failure is raised. Yields what the trace has seen, once it has ended.
    """
    traces: list[Traced] = []
    across = is_class_agnostic(config.model.get("test_cfg"))
    original = torch.onnx.export
    # From torch 2.9 on, the default is another exporter, which MMDeploy's rewriting does not know.
    fixed = {"dynamo": False} if "dynamo" in inspect.signature(original).parameters else {}

    def export(model: torch.nn.Module, *args: Any, **kwargs: Any) -> None:
        def traced() -> Any:
            try:
                with returning_intermediate(model, heads) as found:
                    original(model, *args, **{**fixed, **kwargs})
            except Exception as error:
                raise not_exportable(error, config) from error
            check_operators(output.file)
            return astuple(found)

        with class_agnostic_nms(across), following_heads(model), beside(traced, output.code) as tracing:
            try:
                inside(model, tracing.check)
            finally:
                traces.append(Traced.of(tracing.result()))

    torch.onnx.export = export
    try:
        yield traces
    finally:
        torch.onnx.export = original
