"""What skl2onnx leaves to be put right in a graph, without a change of what it computes."""

import onnx

from edge_engine.failure import Failure

from .columns import Columns

BATCH = "batch"


def tidy(model: onnx.ModelProto, columns: Columns) -> onnx.ModelProto:
    """One opset for each domain, a named batch, labels of as many rows as the input. Throws `Failure` for maps."""
    versions: dict[str, int] = {}
    for entry in model.opset_import:
        versions[entry.domain] = max(versions.get(entry.domain, 0), entry.version)
    del model.opset_import[:]
    for domain, version in versions.items():
        model.opset_import.add(domain=domain, version=version)
    for value in model.graph.output:
        if not value.type.HasField("tensor_type"):
            message = f"the output {value.name} is a sequence of maps, which most runtimes cannot read"
            raise Failure(
                "input", "zipmap", message, "Remove `zipmap` from sklearn.options, or write `zipmap: columns`."
            )
    for value in [*model.graph.input, *model.graph.output]:
        dims = value.type.tensor_type.shape.dim
        # LightGBM's converter declares one label, and gives one for each row.
        if len(dims) == 0:
            dims.add()
        dims[0].Clear()
        dims[0].dim_param = BATCH
    return model
