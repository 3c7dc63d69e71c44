"""One model from its file to ONNX, with references: the steps in order."""

from edge_engine.job import Job
from edge_engine.model_code import model_code
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.request import Request

from .columns import find_columns
from .contract import contract_of
from .dropped import refuse_dropped
from .export import export_onnx
from .load_model import load_model
from .record import record_references
from .samples import read_samples
from .source import Source
from .tidy import declare_lengths, tidy
from .views import views_of

STAGES = ("load", "export", "references", "files")
PACKAGES = ["scikit-learn", "skl2onnx", "onnxmltools", "xgboost-cpu", "lightgbm", "skops", "onnx", "numpy"]
ONNX_FILE = "model.onnx"


def convert(request: Request, job: Job) -> None:
    """Ends with `job.inputs`, `job.outputs`, and the files `model`, `contract` and `references`."""
    with job.stage("load"), model_code(request.code_folder):
        model = load_model(request, job)
        refuse_dropped(model)
        columns = find_columns(model, request.options)
        samples = read_samples(request, columns)
    with job.stage("export"), model_code(request.code_folder):
        graph = tidy(export_onnx(model, columns, request), model, [entry.name for entry in columns.inputs])
    with job.stage("references"), model_code(request.code_folder):
        views = views_of(model, graph, request.options)
        recorded = record_references(Source(model, views, columns), samples, request, job)
        references = recorded.references
        recorded.layers.attach(references, graph.graph)
        references.name_samples(request.samples)
    with job.stage("files"):
        declare_lengths(graph, references)
        path = job.file("model", ONNX_FILE)
        path.write_bytes(graph.SerializeToString())
        graph = finish_onnx(path, request.metadata)
        job.inputs, job.outputs = ports(graph)
        job.json_file("contract", "contract.json", contract_of(model, graph, views))
        references.write(job.file("references", "references.safetensors"))
