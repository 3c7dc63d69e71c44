"""What the source is asked inside of a float64 run: halves that its own code says, and torch.cond."""

from engine_script import in_engine

HEAD = """
sys.path[:0] = [sys.argv[1] + "/components/torch"]
import torch
from edge_torch.in_double import double_by_default, doubled
from edge_torch.misfit import misfit_hint
from edge_torch.plain_branches import plain_branches
nn = torch.nn

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 6).half()
    def forward(self, x):
        return (x.half() * 3).to(torch.float16) @ self.layer.weight.T

torch.manual_seed(0)
network, x = Network(), torch.randn(2, 6)
"""
HALF = """
with torch.no_grad(), double_by_default():
    found = doubled(network)(x.double())
exact = (x.double() * 3) @ network.layer.weight.double().T
print(json.dumps([str(found.dtype), bool(torch.allclose(found, exact, rtol=1e-12))]))
"""
BRANCH = """
def compiled(*_):
    raise RuntimeError("no look inside")
before = torch.cond = compiled
with plain_branches():
    found = [torch.cond(x.sum() > limit, torch.sin, torch.cos, (x,)) for limit in (-99, 99)]
same = [torch.equal(found[0], x.sin()), torch.equal(found[1], x.cos()), torch.cond is before]
print(json.dumps(same))
"""
MISFIT = """
said = RuntimeError("mat1 and mat2 must have the same dtype, but got Float and Half")
names = [misfit_hint(said, network), misfit_hint(said, network.bfloat16())]
print(json.dumps([*names, misfit_hint(TypeError("argument must be Tensor, not tuple"), network)]))
"""


def test_halves_of_the_modules_own_code_are_doubles(engine_python: str) -> None:
    assert in_engine(engine_python, HEAD + HALF, {}) == ["torch.float64", True]


def test_a_branch_is_called_and_not_compiled(engine_python: str) -> None:
    assert in_engine(engine_python, HEAD + BRANCH, {}) == [True, True, True]


def test_what_to_do_where_arguments_do_not_fit(engine_python: str) -> None:
    half, brain, parts = in_engine(engine_python, HEAD + MISFIT, {})
    assert "`dtype: float16`" in half
    assert "bfloat16" in brain
    assert "tuple" in parts
