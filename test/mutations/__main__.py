"""Writes each variant of a converted model as a folder of its own. Arguments: MODEL_FOLDER OUT [EVERY].

Prints one JSON line a variant: {"title", "folder", "found"}; what does not apply to the model is left out. With EVERY,
only each EVERY-th variant is written.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import onnx

from . import (
    harmless_rewrites,
    harmless_text,
    harmless_tools,
    wrong_attributes,
    wrong_files,
    wrong_nodes,
    wrong_outputs,
    wrong_weights,
)
from .registry import MUTATIONS, NotApplicable

REGISTERS = (
    *(wrong_weights, wrong_nodes, wrong_outputs, wrong_files),
    *(harmless_text, harmless_rewrites, harmless_tools, wrong_attributes),
)


def main(source: Path, out: Path, every: int) -> None:
    # Engines call it as they like.
    (file,) = source.glob("*.onnx")
    for index, mutation in enumerate(MUTATIONS):
        if index % every:
            continue
        model = onnx.load(str(file))
        try:
            mutation.edit(model)
        except NotApplicable:
            continue
        folder = out / f"{index:03d}"
        folder.mkdir(parents=True)
        onnx.save(model, str(folder / file.name))
        _copy_rest(source, folder, model, mutation.found)
        print(json.dumps({"title": mutation.title, "folder": str(folder), "found": mutation.found}), flush=True)


def _copy_rest(source: Path, folder: Path, model: onnx.ModelProto, found: str | None) -> None:
    for path in source.iterdir():
        if path.is_file() and path.suffix == ".json" and path.name != "contract.json":
            os.link(path, folder / path.name)
    contract = source / "contract.json"
    # It tells the versions of opset and IR: a harmless variant of another version comes with its own.
    if found is None and contract.exists():
        said = json.loads(contract.read_text("utf-8"))
        said.update(opset=_opset(model), ir=model.ir_version)
        said.pop("domains", None)
        (folder / "contract.json").write_text(json.dumps(said), "utf-8")
    elif contract.exists():
        shutil.copy(contract, folder / "contract.json")


def _opset(model: onnx.ModelProto) -> int:
    return next(each.version for each in model.opset_import if each.domain == "")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
