"""Nothing is collected while modules are imported; afterwards Python collects, and finds what there is."""

from engine_script import in_engine

SCRIPT = """
import gc
from edge_mmdeploy.garbage import collect_from_here, do_not_collect

if given:
    do_not_collect()
made = [[number] for number in range(100_000)]
young = sum(gc.get_count()) if given else None
collect_from_here()
wanted = made[0]
found = any(holder is made for holder in gc.get_referrers(wanted))
old = any(each is wanted for each in gc.get_objects(generation=2))
print(json.dumps([young is not None and young > 100_000, gc.isenabled(), found, old, gc.get_freeze_count()]))
"""


def test_it_collects_again_and_what_is_there_is_old(engine_python: str) -> None:
    assert in_engine(engine_python, SCRIPT, True) == [True, True, True, True, 0]
