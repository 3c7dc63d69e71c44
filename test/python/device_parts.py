"""What the programs of docs/contract.md need beside the engine: ONNX Runtime for C++, and MMDeploy's own runtime."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Holds ONNX Runtime's C header; its ORT_API_VERSION is older than the library's.
HEADERS = "github.com/yalue/onnxruntime_go@v1.27.0"
RUNTIME_LIST = ROOT / "test/python/mmdeploy-runtime.txt"
MACHINES = {"x86_64": "x64", "aarch64": "arm64"}


def program_of(language: str) -> str:
    """The only block of that language in docs/contract.md."""
    page = (ROOT / "docs/contract.md").read_text()
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.S | re.M)
    return str(block)


def missing(reason: str) -> None:
    """Skips the test; fails it where real parts are required."""
    if os.environ.get("MODEL_TO_EDGE_TEST_REAL") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def build_cpp(folder: Path) -> Path:
    """The C++ program, with the library of the package onnxruntime-node."""
    for tool in ("g++", "go"):
        if shutil.which(tool) is None:
            missing(f"{tool} is not installed")
    # Outside of the repository: nothing of it is a Go module.
    got = subprocess.run(["go", "mod", "download", "-json", HEADERS], cwd=folder, capture_output=True, text=True)
    if got.returncode:
        missing(f"go mod download {HEADERS} failed: {got.stdout}{got.stderr}")
    machine = MACHINES[platform.machine()]
    (library,) = (ROOT / "node_modules/onnxruntime-node/bin").glob(f"*/linux/{machine}/libonnxruntime.so.1")
    (folder / "libonnxruntime.so").symlink_to(library.resolve())
    source, program = folder / "detector.cpp", folder / "detector"
    source.write_text(program_of("cpp"))
    command = [
        "g++",
        "-std=c++17",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        str(source),
        "-I",
        json.loads(got.stdout)["Dir"],
    ]
    linked = ["-L", str(folder), "-lonnxruntime", f"-Wl,-rpath,{library.resolve().parent}", "-o", str(program)]
    subprocess.run([*command, *linked], check=True)
    return program


def runtime_packages(python: str) -> Path:
    """Folder with mmdeploy_runtime for the engine's interpreter, which has numpy < 2 and OpenCV; made once."""
    cache = os.environ.get("MODEL_TO_EDGE_CACHE") or str(
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "model-to-edge"
    )
    key = hashlib.sha256(RUNTIME_LIST.read_bytes() + python.encode()).hexdigest()[:12]
    folder = Path(cache) / f"mmdeploy-runtime-{key}"
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.{os.getpid()}")
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        done = subprocess.run([*pip, "--target", str(part), "-r", str(RUNTIME_LIST)], capture_output=True, text=True)
        if done.returncode:
            missing(f"mmdeploy_runtime cannot be installed for {python}: {done.stderr[-500:]}")
        part.rename(folder)
    return folder
