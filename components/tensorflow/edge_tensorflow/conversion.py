"""One model from its file to ONNX, with references: the steps in order."""

from typing import Any

import keras
import onnx

from edge_engine.job import Job
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.request import Request

from .checkpoint import find_checkpoint
from .contract import contract_of
from .evidence import gather
from .export import export_onnx
from .graph_source import graph_source
from .keras_source import keras_source
from .load_keras import load_keras
from .saved_model import saved_model_source
from .size import LARGEST, bytes_of, refuse_large
from .source import Source
from .tflite_source import tflite_source
from .tidy import forget_shapes, refuse_types, weight_bytes, write_external

STAGES = ("load", "export", "references", "files")
PACKAGES = ["tensorflow-cpu", "keras", "tf2onnx", "onnx", "numpy"]
ONNX_FILE = "model.onnx"
DATA_FILE = "model.onnx.data"


def convert(request: Request, job: Job, largest: int = LARGEST) -> None:
    """Ends with `job.inputs`, `job.outputs`, and the files `model`, `contract` and `references`.

    largest: bytes of weights that a model may have.
    """
    keras.utils.set_random_seed(request.seed % (1 << 32))
    with job.stage("load"):
        source = load(request, largest)
    with job.stage("export"):
        model = export_onnx(source, request)
        refuse_types(model)
        refuse_large(weight_bytes(model), largest)
    with job.stage("references"):
        references = gather(source, model, request, job)
        references.name_samples(request.samples)
    with job.stage("files"):
        finished = _write(model, request, job)
        job.inputs, job.outputs = ports(finished)
        job.json_file("contract", "contract.json", contract_of(finished, request.classes))
        references.write(job.file("references", "references.safetensors"))


def load(request: Request, largest: int = LARGEST) -> Source:
    """The source, whatever form it has. `Failure` for more bytes of weights than `largest`."""
    checkpoint = find_checkpoint(request)
    if checkpoint.form in ("keras", "h5"):
        model = load_keras(checkpoint, request)
        refuse_large(bytes_of(model.weights), largest)
        return keras_source(model, request)
    if checkpoint.form == "saved-model":
        return saved_model_source(checkpoint, request, largest)
    if checkpoint.form == "tflite":
        return tflite_source(checkpoint, request)
    return graph_source(checkpoint, request)


def _write(model: onnx.ModelProto, request: Request, job: Job) -> Any:
    path = job.file("model", ONNX_FILE)
    forget_shapes(model)
    path.write_bytes(model.SerializeToString())
    finished = finish_onnx(path, request.metadata)
    if request.options.get("large_model"):
        external = onnx.ModelProto()
        external.CopyFrom(finished)
        job.file("device", DATA_FILE)
        write_external(external, path, DATA_FILE)
    return finished
