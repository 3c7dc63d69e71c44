"""The programs of docs/contract.md, and MMDeploy's own runtime, on a converted folder, against mmdet itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from device_parts import build_cpp, program_of, runtime_packages
from engine_process import ROOT, Run

FIXTURES = ROOT / "test/fixtures/mmdeploy"
#: Width and height: sides that are rounded, the longer one down, and a picture that OpenCV halves.
SIZES = {"wide": (301, 199), "tall": (97, 151), "halved": (256, 256)}
#: Pixels, and parts of a score: measured 2e-5 and 1e-6 (mmdet in PyTorch, the others in ONNX Runtime).
PIXELS, SCORE = 2e-3, 1e-5
#: Below it the detector drops a box; see components/mmdeploy/demo/configs/det.py.
THRESHOLD = 0.1
Found = list[dict[str, Any]]
#: Each sample at each size, moved around its edges by eighths: `NAME-NUMBER.png` and `.ppm`. Prints how many of a size.
DRAW = """
import itertools, sys, cv2, numpy
folder, samples, sizes = sys.argv[1], sys.argv[2].split(), zip(*[iter(sys.argv[3:])] * 3)
moved = [
    numpy.roll(cv2.imread(sample), (down * 16, right * 16), (0, 1))
    for sample, down, right in itertools.product(samples, (0, 3, 6), range(8))
]
for (name, width, height), (number, picture) in itertools.product(sizes, enumerate(moved)):
    drawn = cv2.resize(picture, (int(width), int(height)), interpolation=cv2.INTER_CUBIC)
    for kind in ("png", "ppm"):
        cv2.imwrite(f"{folder}/{name}-{number}.{kind}", drawn)
print(len(moved))
"""


class Shown(NamedTuple):
    """A picture, without the suffix of its files, and what mmdet finds in it."""

    picture: Path
    boxes: Found


@pytest.fixture(scope="module")
def shown(models: Path, engine_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shown]:
    """By mmdet's own `inference_detector`, which clips to the padded input; the others clip to the picture.

    What the model finds differs between processors, on which it is trained: of many pictures of each size the first
    counts that shows what these tests need.
    """
    folder = tmp_path_factory.mktemp("pictures")
    samples = " ".join(str(sample) for sample in sorted((models / "det/samples").glob("[0-9]*.png")))
    words = [str(word) for name, size in SIZES.items() for word in (name, *size)]
    many = last_line([engine_python, "-c", DRAW, str(folder), samples, *words])
    drawn = {name: [folder / f"{name}-{number}" for number in range(many)] for name in SIZES}
    pictures = [f"{picture}.png" for those in drawn.values() for picture in those]
    command = [engine_python, "-W", "ignore", str(FIXTURES / "mmdet_result.py"), str(models / "det"), *pictures]
    found = iter(last_line(command))
    return {name: first_fit([Shown(each, next(found)) for each in those], name) for name, those in drawn.items()}


@pytest.fixture(scope="module")
def expected(shown: dict[str, Shown]) -> dict[str, Found]:
    return {name: clipped(each.boxes, SIZES[name]) for name, each in shown.items()}


def first_fit(candidates: list[Shown], name: str) -> Shown:
    """The first whose boxes leave no room for rounding; of the tall ones, one with a box that reaches the padding."""
    width, _ = SIZES[name]
    clear = [each for each in candidates if len(each.boxes) >= 3 and is_clear(each.boxes, SIZES[name])]
    fit = [each for each in clear if name != "tall" or any(box["box"][2] > width + 1 for box in each.boxes)]
    assert fit, f"none of {len(candidates)} {name} pictures shows what is needed; {len(clear)} are clear"
    return fit[0]


def is_clear(boxes: Found, size: tuple[int, int]) -> bool:
    """No score is near the threshold, and no box begins where the picture, or its last pixel, ends."""
    ends = [size, (size[0] - 1, size[1] - 1)]
    sides = [abs(begin - side) for each in boxes for end in ends for begin, side in zip(each["box"], end)]
    scores = [each["score"] - THRESHOLD for each in boxes]
    return min(sides) > 10 * PIXELS and min(scores) > 10 * SCORE


@pytest.mark.parametrize("name", SIZES)
def test_the_python_program_finds_what_mmdet_finds(
    name: str, converted: dict[str, Run], shown: dict[str, Shown], engine_python: str, tmp_path: Path
) -> None:
    program = tmp_path / "detector.py"
    program.write_text(program_of("python"))
    picture, boxes = shown[name]
    words = [str(converted["det"].output), f"{picture}.png"]
    assert_same(lines([engine_python, str(program), *words]), clipped(boxes, SIZES[name]))


def test_the_cpp_program_finds_what_mmdet_finds(
    converted: dict[str, Run], shown: dict[str, Shown], expected: dict[str, Found], tmp_path: Path
) -> None:
    output = converted["det"].output
    assert_constants(json.loads((output / "contract.json").read_text()))
    program = build_cpp(tmp_path)
    for name, boxes in expected.items():
        words = [str(output / "end2end.onnx"), f"{shown[name].picture}.ppm"]
        assert_same(lines([str(program), *words]), boxes)


def test_mmdeploys_own_runtime_finds_the_same_but_for_the_last_pixel(
    converted: dict[str, Run], shown: dict[str, Shown], expected: dict[str, Found], engine_python: str
) -> None:
    output = converted["det"].output
    classes = json.loads((output / "contract.json").read_text())["classes"]
    words = [str(output), json.dumps(classes), *(f"{each.picture}.png" for each in shown.values())]
    packages = {"PYTHONPATH": str(runtime_packages(engine_python))}
    found = last_line([engine_python, str(FIXTURES / "sdk_result.py"), *words], packages)
    for (name, boxes), own in zip(expected.items(), found):
        width, height = SIZES[name]
        assert_same(own, clipped(boxes, (width - 1, height - 1)))


def test_mmdeploys_own_files_say_other_numbers_than_the_graph_has(converted: dict[str, Run], models: Path) -> None:
    """As the page says; that contract.json has those of the graph is held by the contract check."""
    output = converted["det"].output
    baked = json.loads((output / "contract.json").read_text())["baked"]
    wanted = json.loads((output / "detail.json").read_text())["codebase_config"]["post_processing"]
    (last,) = json.loads((output / "pipeline.json").read_text())["pipeline"]["tasks"][2:]
    assert "score_thr=0.1," in (models / "det/config.py").read_text()
    assert (baked["score_thr"], wanted["score_threshold"]) == (0.1, 0.05)
    assert (baked["pre_topk"], last["params"]["nms_pre"]) == (5000, 1000)


def test_some_box_reaches_the_padding(shown: dict[str, Shown], expected: dict[str, Found]) -> None:
    """Else nobody would see to what a program clips: one that does so only to the padded input is seen."""
    width, _ = SIZES["tall"]
    assert any(each["box"][2] == width for each in expected["tall"])
    with pytest.raises(AssertionError):
        assert_same(shown["tall"].boxes, expected["tall"])


def test_a_wrong_program_is_seen(expected: dict[str, Found]) -> None:
    boxes = expected["wide"]
    shifted = [{**each, "box": [value + 0.01 for value in each["box"]]} for each in boxes]
    for wrong in (shifted, boxes[1:], [{**each, "label": "disc"} for each in boxes]):
        with pytest.raises(AssertionError):
            assert_same(wrong, boxes)


def assert_same(found: Found, boxes: Found) -> None:
    """Rows may be in any order."""
    assert len(found) == len(boxes)
    for one, other in zip(in_order(found), in_order(boxes)):
        assert one["label"] == other["label"]
        assert one["score"] == pytest.approx(other["score"], abs=SCORE)
        assert one["box"] == pytest.approx(other["box"], abs=PIXELS)


def clipped(boxes: Found, size: tuple[int, int]) -> Found:
    """To (width, height); what has no area then is no box."""
    inside = [{**each, "box": [min(*pair) for pair in zip(each["box"], size * 2)]} for each in boxes]
    return [each for each in inside if each["box"][0] < each["box"][2] and each["box"][1] < each["box"][3]]


def in_order(boxes: Found) -> Found:
    return sorted(boxes, key=lambda each: (each["label"], -each["score"]))


def assert_constants(contract: dict[str, Any]) -> None:
    """The numbers in the C++ program are those of this model."""
    program, steps = program_of("cpp"), {next(iter(step)): step for step in contract["preprocess"]}
    normalize, (width, height) = steps["normalize"]["normalize"], steps["pad"]["to"]
    short, long = sorted(steps["resize"]["to"])
    means, deviations = (", ".join(f"{value:g}f" for value in normalize[part]) for part in ("mean", "std"))
    classes = ", ".join(json.dumps(name) for name in contract["classes"])
    assert normalize["order"] == steps["decode"]["decode"][:3] == "bgr"
    for text in (
        f"TO_LONG = {long}, TO_SHORT = {short}, PAD_WIDTH = {width}, PAD_HEIGHT = {height}",
        f"PAD_VALUE = {steps['pad']['value']};",
        f"MEAN[] = {{{means}}}, STD[] = {{{deviations}}};",
        f"CLASSES[] = {{{classes}}};",
    ):
        assert text in program


def lines(command: list[str]) -> Found:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def last_line(command: list[str], more: dict[str, str] | None = None) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(more or {})})
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    assert done.returncode == 0
    return json.loads(done.stdout.splitlines()[-1])
