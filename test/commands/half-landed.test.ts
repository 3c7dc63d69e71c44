import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { startFakeProject } from "../support/fake-project.ts";

const HOOK = new URL("../store/file/strike-hook.mjs", import.meta.url).href;

test("a run on the target of a landing that was killed between two renames removes no edge model, and the next landing lands", {
  timeout: 120_000,
}, async () => {
  const gitlab = await startFakeProject();
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-half-landed-"));
  const story = new Story(gitlab, `file://${root}`);
  onTestFinished(async () => {
    story.remove();
    rmSync(root, { recursive: true, force: true });
    await gitlab.close();
  });

  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const run = async (branch: string) => {
    const args = ["run", "--isolation", "none", "--model-branch", branch];
    const { code, stdout } = await story.command(args);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    return stdout;
  };
  const contract = (name: string) =>
    readFileSync(join(root, "main/edge", name, "contract.json"), "utf8");

  write("main/model/a/model.json", CONFIG);
  write("main/model/a/toy.weights", GOOD(1));
  await run("main");
  const before = contract("a");
  await story.command(["branch", "feature/x", "--create"]);
  write("feature--x/model/a/toy.weights", GOOD(5));
  await run("feature--x");

  const commit = story.merge("feature/x", 7);
  await story.land(commit, [], {
    ...{ NODE_OPTIONS: `--import=${HOOK}`, STRIKE_ROOT: root },
    ...{ STRIKE_RENAMED_TO: join(root, "main/model/a"), STRIKE_WAY: "before" },
  });
  expect(existsSync(join(root, "main/model/a"))).toBe(false);

  expect(await run("main")).toContain(
    "the landing of feature--x into main was interrupted",
  );
  expect(readdirSync(join(root, "main/edge"))).toEqual(["a"]);
  expect(contract("a")).toBe(before);
  expect(readFileSync(join(root, "main/model/a/toy.weights"), "utf8")).toBe(
    GOOD(1),
  );

  const landed = await story.land(commit);
  expect(landed).toMatchObject({
    ...{ code: 0, document: { requests: [{ status: "landed" }] } },
  });
  expect(readFileSync(join(root, "main/model/a/toy.weights"), "utf8")).toBe(
    GOOD(5),
  );
});
