import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONFIG, GOOD, MISFIT, Story, sha } from "../land/story.ts";
import { withoutManifests } from "../land/without-manifests.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";

let gitlab: FakeProject;
let root: string;
let story: Story;

beforeEach(async () => {
  gitlab = await startFakeProject();
  root = mkdtempSync(join(tmpdir(), "model-to-edge-land-store-"));
  story = new Story(gitlab, `file://${root}`);
  for (const name of ["a", "b"])
    write("main", {
      [`model/${name}/model.json`]: CONFIG,
      [`model/${name}/toy.weights`]: GOOD(1),
    });
  await run("main");
  expect(
    (await story.command(["branch", "feature/x", "--create"])).stdout,
  ).toBe("feature--x\n");
});
afterEach(async () => {
  story.remove();
  rmSync(root, { recursive: true, force: true });
  await gitlab.close();
});

function write(branch: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, branch, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

async function run(branch: string): Promise<void> {
  const result = await story.command([
    "run",
    "--isolation",
    "none",
    "--model-branch",
    branch,
  ]);
  expect({ code: result.code, log: result.stdout }).toMatchObject({ code: 0 });
}

/** Files of a branch as a reader sees them, through the links. */
function shown(branch: string): Record<string, string> {
  const copy = mkdtempSync(join(tmpdir(), "model-to-edge-copy-"));
  try {
    cpSync(join(root, branch), copy, { recursive: true, dereference: true });
    const files = readdirSync(copy, {
      recursive: true,
      encoding: "utf8",
    }).filter((path) => !path.startsWith(".published"));
    const plain = files
      .filter((path) => statSync(join(copy, path)).isFile())
      .sort();
    return Object.fromEntries(
      plain.map((path) => [
        path,
        sha(readFileSync(join(copy, path), "latin1")),
      ]),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

describe("land, with a store in a folder", () => {
  it("takes the model that changed with its edge model, once, and removes the branch", async () => {
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x");
    const proved = shown("feature--x");
    const commit = story.merge("feature/x", 7);
    const landed = await story.land(commit);
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect(shown("main")).toEqual(proved);
    expect(landed.document.requests).toMatchObject([
      { status: "landed", models: [{ name: "a", state: "green" }] },
    ]);
    expect(readdirSync(root).sort()).toEqual([".model-to-edge", "main"]);
    expect(readdirSync(join(root, ".model-to-edge/drafts"))).toEqual([]);
    expect((await story.land(commit)).document.requests).toMatchObject([
      { status: "already" },
    ]);
    await run("main");
    expect(withoutManifests(shown("main"))).toEqual(withoutManifests(proved));
  });

  it("refuses what changed after the green, by content: the same bytes written again are fine", async () => {
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await run("feature--x");
    const before = shown("main");
    write("feature--x", { "model/a/toy.weights": MISFIT });
    const commit = story.merge("feature/x", 7);
    const refused = await story.land(commit);
    expect(refused).toMatchObject({
      code: 1,
      document: { requests: [{ code: "stale-verdict" }] },
    });
    expect(refused.document.requests[0]?.models).toMatchObject([
      { name: "a", files: ["model/a/toy.weights"] },
    ]);
    expect(shown("main")).toEqual(before);
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    utimesSync(join(root, "feature--x/model/a/toy.weights"), 1, 1);
    expect((await story.land(commit)).code).toBe(0);
  });

  it("leaves a model alone that main itself has no verdict for", async () => {
    write("main", {
      "model/c/model.json": CONFIG,
      "model/c/toy.weights": GOOD(1),
    });
    write("feature--x", {
      "model/a/toy.weights": GOOD(5),
      "model/c/model.json": CONFIG,
      "model/c/toy.weights": GOOD(1),
    });
    const a = await story.command([
      "run",
      "--isolation",
      "none",
      "--model-branch",
      "feature--x",
      "--models",
      "a",
    ]);
    expect(a.code).toBe(0);
    const landed = await story.land(story.merge("feature/x", 7));
    expect(landed.document.requests).toMatchObject([
      { status: "landed", models: [{ name: "a" }] },
    ]);
    expect(landed.stdout).toContain("c on main: no green verdict");
  });

  it("finds a conflict by the chain of publications", async () => {
    await story.command(["branch", "feature/y", "--create"]);
    write("feature--x", { "model/a/toy.weights": GOOD(5) });
    write("feature--y", { "model/a/toy.weights": GOOD(6) });
    await run("feature--x");
    await run("feature--y");
    expect((await story.land(story.merge("feature/x", 7))).code).toBe(0);
    const before = shown("main");
    const second = await story.land(story.merge("feature/y", 8));
    expect(second).toMatchObject({
      code: 1,
      document: {
        requests: [{ code: "conflict", paths: ["edge/a/manifest.json"] }],
      },
    });
    expect(shown("main")).toEqual(before);
  });
});

describe("branch and sweep", () => {
  it("list Git branches with their data branches, verdicts and ages, and delete only what is stale when asked", async () => {
    const origin = join(root, ".model-to-edge/origin.git");
    const git = (...words: string[]) =>
      execFileSync(
        "git",
        ["-c", "user.name=T", "-c", "user.email=t@example.org", ...words],
        {
          cwd: story.cwd,
          stdio: "pipe",
        },
      );
    execFileSync("git", ["init", "-q", "--bare", "-b", "main", origin]);
    git("init", "-q", "-b", "main");
    git("commit", "-q", "--allow-empty", "-m", "first");
    git("remote", "add", "origin", origin);
    git(
      "push",
      "-q",
      "origin",
      "main",
      "main:refs/heads/docs/typo",
      "main:refs/heads/feature/x",
    );
    write("old--idea", { "model/a/model.json": CONFIG });
    const { stdout } = await story.command(["branch", "--all"]);
    expect(stdout).toMatch(/^Git branch +data branch +verdicts +age$/m);
    expect(stdout).toMatch(/^main +main +2 green +\d+ min$/m);
    expect(stdout).toMatch(/^docs\/typo +\(none\)$/m);
    expect(stdout).toMatch(/^feature\/x +feature--x +2 /m);
    expect(stdout).toMatch(/^\(gone\) +old--idea +1 no verdict +\d+ min$/m);
    const listed = await story.command([
      "sweep",
      "--stale-branches",
      "--older-than",
      "0",
    ]);
    expect(listed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /1 data branch stale in .*\n--delete deletes them, for good/,
      ),
    });
    expect(readdirSync(root)).toContain("old--idea");
    expect(
      (await story.command(["sweep", "--stale-branches", "--delete"])).stdout,
    ).toContain("0 data branches deleted");
    await story.command([
      "sweep",
      "--stale-branches",
      "--older-than",
      "0",
      "--delete",
    ]);
    expect(readdirSync(root).filter((name) => !name.startsWith("."))).toEqual([
      "feature--x",
      "main",
    ]);
    git("remote", "set-url", "origin", `${origin}-gone`);
    const blind = await story.command([
      "sweep",
      "--stale-branches",
      "--older-than",
      "0",
      "--delete",
    ]);
    expect(blind).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("cannot be listed"),
    });
    expect(readdirSync(root)).toContain("feature--x");
  });
});
