"""What skl2onnx leaves to be put right in a graph."""

from collections.abc import Sequence

import onnx
from skl2onnx.common._topology import Topology

from edge_engine.failure import Failure
from edge_engine.references import References
from edge_engine.texts import Texts
from sklearn.base import BaseEstimator
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.multiclass import OneVsOneClassifier

from .neighbour_weights import weigh_by_distance
from .walk import final_of

BATCH = "batch"


#: Their converters give labels as a row or a column, where the source gives a value for each row.
LABELS_WITH_AXIS = (OneVsOneClassifier, QuadraticDiscriminantAnalysis)


def tidy(model: onnx.ModelProto, source: BaseEstimator, names: Sequence[str]) -> onnx.ModelProto:
    """One opset for each domain, a named batch, labels of as many rows as the input, inputs by the source's names.

    names: of the inputs, in skl2onnx's order. `Failure` for maps.
    """
    _name_inputs(model.graph, names)
    versions: dict[str, int] = {}
    for entry in model.opset_import:
        versions[entry.domain] = max(versions.get(entry.domain, 0), entry.version)
    del model.opset_import[:]
    for domain, version in versions.items():
        model.opset_import.add(domain=domain, version=version)
    for value in model.graph.output:
        if not value.type.HasField("tensor_type"):
            raise _not_a_tensor(value)
    weigh_by_distance(model.graph, source)
    if isinstance(final_of(source), LABELS_WITH_AXIS):
        _flatten(model, model.graph.output[0])
    for value in [*model.graph.input, *model.graph.output]:
        dims = value.type.tensor_type.shape.dim
        # LightGBM's converter declares one label, and gives one for each row.
        if len(dims) == 0:
            dims.add()
        dims[0].Clear()
        dims[0].dim_param = BATCH
    return model


def declare_lengths(model: onnx.ModelProto, references: References) -> None:
    """Each output as long as the source makes it: some converters declare another length, or one label a row."""
    for value in model.graph.output:
        given = references.arrays("fp32", value.name)
        if not given:
            continue
        # Texts have an axis of bytes at the end, which is their file's.
        lengths = given[0].shape[1:-1] if isinstance(given[0], Texts) else given[0].shape[1:]
        dims = value.type.tensor_type.shape.dim
        del dims[1:]
        for size in lengths:
            dims.add(dim_value=size)


def _name_inputs(graph: onnx.GraphProto, names: Sequence[str]) -> None:
    """The source's names, which skl2onnx writes as names of C: `price (€)` is `price____`."""
    written: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        written[Topology._generate_unique_name(name, used)] = name
    new = {value.name: written.get(value.name, value.name) for value in graph.input}
    if all(old == name for old, name in new.items()):
        return
    for value in graph.input:
        value.name = new[value.name]
    for node in graph.node:
        node.input[:] = [new.get(name, name) for name in node.input]


def _not_a_tensor(value: onnx.ValueInfoProto) -> Failure:
    if value.type.sequence_type.elem_type.HasField("map_type"):
        message = f"the output {value.name} is a sequence of maps, which most runtimes cannot read"
        hint = "Remove `zipmap` from sklearn.options, or write `zipmap: columns`."
        return Failure("input", "zipmap", message, hint)
    message = f"the output {value.name} is a sequence, one tensor for each target, which most runtimes cannot read"
    return Failure("input", "outputs-unknown", message, "Save a classifier for each target, as `estimators_` has them.")


def _flatten(model: onnx.ModelProto, value: onnx.ValueInfoProto) -> None:
    """The output as one axis of rows."""
    inner, shape = f"{value.name}_with_axis", f"{value.name}_rows"
    for node in model.graph.node:
        node.output[:] = [inner if name == value.name else name for name in node.output]
    model.graph.initializer.append(onnx.helper.make_tensor(shape, onnx.TensorProto.INT64, [1], [-1]))
    model.graph.node.append(onnx.helper.make_node("Reshape", [inner, shape], [value.name], shape))
    del value.type.tensor_type.shape.dim[:]
