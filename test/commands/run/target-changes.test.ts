import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type ToyStore, toyStore } from "../../support/toy-store.ts";

const REQUEST = {
  GITLAB_CI: "true",
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "3",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "3",
  CI_PROJECT_ID: "3",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "better",
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
};

const args = ["--model-branch", "better"];

async function noteOf(store: ToyStore, env: Record<string, string> = REQUEST) {
  const run = await store.run(args, { env });
  expect(run.code, run.stdout).toBe(0);
  const file = join(store.cwd, "model-to-edge-out/report/note.md");

  return readFileSync(file, "utf8");
}

it("the note says what a merge request changes against its target's data branch", async () => {
  const store = toyStore({ changed: {}, same: {}, told: {} });
  const parameters = (template: string) =>
    JSON.stringify({ version: 1, parameters: { template } });
  store.write("model/told/conversion.yaml", parameters("autoware-yolox"));
  await store.run();

  const better = join(store.root, "store/better");
  cpSync(join(store.branch, "model"), join(better, "model"), {
    recursive: true,
  });
  cpSync(join(better, "model/same"), join(better, "model/added"), {
    recursive: true,
  });
  writeFileSync(
    join(better, "model/told/conversion.yaml"),
    parameters("plain"),
  );
  writeFileSync(
    join(better, "model/changed/toy.weights"),
    JSON.stringify({ w: [1, 2, 3, 4, 5], b: [0, 0, 0, 1, 2] }),
  );
  writeFileSync(join(better, "model/changed/model.json"), '{"channels":5}');

  const first = await noteOf(store);
  expect(first).toContain("| Against `main` |");
  expect(first).toMatch(/^\| `added` .* new, [\d.]+ k?B \|$/m);
  expect(first).toMatch(/^\| `same` .* the same \|$/m);
  expect(first).toMatch(
    /^\| `changed` .* \*\*breaking\*\*: .*`input`.*; size [\d.]+ k?B → [\d.]+ k?B.* \|$/m,
  );

  const told =
    /^\| `told` .* \*\*breaking\*\*: the parameter `.*is_roi_overlap_segment`/m;
  expect(first).toMatch(told);

  const again = await noteOf(store);
  expect(again).toContain("may ship (unchanged)");
  expect(again).toMatch(told);
  expect(again).toMatch(/^\| `changed` .* \*\*breaking\*\*/m);

  const { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: _, ...unknown } = REQUEST;
  expect(await noteOf(store, unknown)).not.toContain("Against");
});
