from edge_mmdeploy.misfit import Misfit, describe, hint_for, parse_misfit

TEXT = """The model and loaded state dict do not match exactly

size mismatch for head.fc.weight: copying a param with shape torch.Size([1000, 512]) from checkpoint, \
the shape in current model is torch.Size([10, 512]).
size mismatch for head.fc.bias: copying a param with shape torch.Size([1000]) from checkpoint, \
the shape in current model is torch.Size([10]).
unexpected key in source state_dict: a.weight, b.weight

missing keys in source state_dict: c.weight
"""


def test_mmengines_message_is_understood() -> None:
    assert parse_misfit(TEXT) == Misfit(
        ["c.weight"],
        ["a.weight", "b.weight"],
        [("head.fc.weight", "[1000, 512]", "[10, 512]"), ("head.fc.bias", "[1000]", "[10]")],
    )


def test_another_message_is_no_misfit() -> None:
    assert parse_misfit("unordered_map::at") == Misfit([], [], [])


def test_the_sentence_has_the_first_names_and_the_count() -> None:
    sentence = describe(Misfit([f"m{index}" for index in range(6)], [], []), "epoch_3.pth", 122)
    assert sentence == (
        "epoch_3.pth does not match its configuration: "
        "6 of the model's 122 tensors are missing (m0, m1, m2, m3, and 2 more)"
    )


def test_a_tensor_of_another_shape_is_not_sent_to_a_list_that_cannot_take_it() -> None:
    misshaped = [("head.fc.weight", "[1000, 512]", "[10, 512]")]
    for misfit in (Misfit([], [], misshaped), Misfit(["a"], ["b"], misshaped)):
        assert "allow:" not in hint_for(misfit)
        assert "num_classes" in hint_for(misfit)
    assert "allow: {missing: [...], unexpected: [...]}" in hint_for(Misfit(["a"], [], []))


def test_one_tensor_is_told_as_one() -> None:
    for misfit, said in (
        (Misfit(["m"], [], []), "1 of the model's 9 tensors is missing (m)"),
        (Misfit([], ["u"], []), "1 tensor does not belong to this model (u)"),
        (Misfit([], [], [("s", "[1]", "[2]")]), "1 tensor has a different shape (s is [1], but the model has [2])"),
    ):
        assert describe(misfit, "w.pth", 9) == f"w.pth does not match its configuration: {said}"
