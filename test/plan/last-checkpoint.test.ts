import { expect, it } from "vitest";
import { GOOD_WEIGHTS, toyStore } from "../support/toy-store.ts";

it.each([
  ["/work_dirs/det/stage_1.weights", "stage_1.weights"],
  ["C:\\work_dirs\\det\\stage_1.weights\r\n", "stage_1.weights"],
  ["/work_dirs/det/gone.weights", "toy_2.weights"],
])(
  "of two checkpoints the one is proposed that last_checkpoint names (%j): %s, and taken once it is chosen",
  async (text, proposed) => {
    const store = toyStore();
    store.write("model/det/stage_1.weights", GOOD_WEIGHTS);
    store.write("model/det/toy_2.weights", GOOD_WEIGHTS);
    store.write("model/det/last_checkpoint", text);

    const { code, stdout } = await store.run();
    expect(code).toBe(2);
    const line = `models: { "det": { files: { checkpoint: "${proposed}" } } }`;
    expect(stdout).toContain(line);

    store.write("model/conversion.yaml", `version: 1\n${line}\n`);
    expect((await store.run()).code).toBe(0);
  },
);
