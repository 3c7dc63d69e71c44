import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  changeFunction,
  expectSeenByLayers,
  judgedLayers,
} from "../support/layer-faults.ts";
import { realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import { toyStore } from "../support/toy-store.ts";
import { checkOf, validate } from "../support/validate.ts";

const python = realMmdeploy() ?? "";
const HEADS = [
  "raw.cls_scores.0",
  "raw.cls_scores.1",
  "raw.cls_scores.2",
  "raw.bbox_preds.2",
];

/** The SiLU that it was trained with, by functions whose bounds and slopes no number reaches. */
const BOUNDED = `
import torch
from mmengine.registry import MODELS


@MODELS.register_module()
class Bounded(torch.nn.Module):
    def __init__(self, inplace: bool) -> None:
        super().__init__()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        share = torch.nn.functional.relu6(x.sigmoid())
        return (x * torch.nn.functional.leaky_relu(share, 0.2)).clamp(-1e4, 1e4)
`;
const ACTIVATION = `
custom_imports = dict(imports=["bounded"], allow_failed_imports=False)
model["bbox_head"]["act_cfg"] = dict(type="Bounded")
`;
/** Three of each layer of the head, a hard sigmoid of each stage of the backbone, and where boxes end. */
const FUNCTIONS = 23;
const FAULTS = [
  { operator: "Clip", place: 0, constant: 2, value: 5 },
  { operator: "Clip", place: 3, constant: 1, value: -1e5 },
  { operator: "LeakyRelu", place: 2, constant: "alpha", value: 0.21 },
] as const;

describe.skipIf(!python)("inside of a real RTMDet", () => {
  it("heads are the unpatched source's, and a shifted bias in any of their levels is red; so are functions with other constants", {
    timeout: 600_000,
  }, async () => {
    const store = toyStore({});
    const model = join(store.branch, "model/det");
    trainModel(python, "det", model, 8);
    appendFileSync(join(model, "config.py"), ACTIVATION);
    writeFileSync(join(model, "bounded.py"), BOUNDED);
    const run = await store.run(["--publish", "none"]);
    expect(run.code, run.stdout).toBe(0);
    const done = join(store.cwd, "model-to-edge-out/models/det");
    const [files, evidence] = [join(done, "files"), join(done, "evidence")];

    const good = await validate(files, {}, evidence);
    expect(checkOf(good, "parity").status, good.sentence).toBe("pass");
    expect(checkOf(good, "parity").details.functions).toMatchObject({
      ...{ known: FUNCTIONS, compared: FUNCTIONS, failing: 0 },
    });
    expect(checkOf(good, "behaviour").status, good.sentence).toMatch(
      /pass|warn/,
    );
    expect(checkOf(good, "behaviour").details.intermediate).toHaveLength(6);
    expect(checkOf(good, "behaviour").details.not_compared).toEqual([]);
    for (const head of HEADS) {
      const folder = join(store.root, head);
      const script = resolve("test/fixtures/mmdeploy/shift_bias.py");
      execFileSync(python, ["-W", "ignore", script, files, folder, head], {
        stdio: "pipe",
      });
      const found = checkOf(await validate(folder, {}, evidence), "behaviour");
      expect([head, found.status, found.kind]).toEqual([head, "fail", "wrong"]);
      expect(found.message).toContain(`(${head}) differ`);
    }

    const whole = join(store.root, "whole");
    mkdirSync(whole);
    for (const [from, name, to] of [
      [files, "end2end.onnx", "model.onnx"],
      [files, "contract.json", "contract.json"],
      [evidence, "references.safetensors", "references.safetensors"],
    ] as const)
      copyFileSync(join(from, name), join(whole, to));
    const [relu6, ...others] = FAULTS;
    let wrong = join(store.root, "relu6");
    await expectSeenByLayers(
      wrong,
      (to) => changeFunction(python, [whole, to], relu6),
      /1 of 23 functions .* first relu6 of bbox_head\.cls_convs\.0\.0\.activate: for \S+ it is 5 in the ONNX model and 6 in the source$/,
    );
    for (const fault of others) {
      const next = `${wrong}-${fault.operator}`;
      changeFunction(python, [wrong, next], fault);
      wrong = next;
    }
    expect((await judgedLayers(wrong)).details.functions).toMatchObject({
      ...{ compared: FUNCTIONS, failing: FAULTS.length },
    });
  });
});
