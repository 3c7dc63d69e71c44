import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FolderWorld, folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD, MISFIT, sha } from "../land/story.ts";
import { withoutManifests } from "../land/without-manifests.ts";

let at: FolderWorld;

beforeEach(async () => {
  at = await folderWorld();
  for (const name of ["a", "b"])
    at.write("main", {
      [`model/${name}/model.json`]: CONFIG,
      [`model/${name}/toy.weights`]: GOOD(1),
    });
  await at.run("main");
  expect(
    (await at.story.command(["branch", "feature/x", "--create"])).stdout,
  ).toBe("feature--x\n");
});
afterEach(() => at.close());

/** Files of a branch as a reader sees them, through the links. */
function shown(branch: string): Record<string, string> {
  const copy = mkdtempSync(join(tmpdir(), "model-to-edge-copy-"));
  try {
    cpSync(join(at.root, branch), copy, { recursive: true, dereference: true });
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
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await at.run("feature--x");
    const proved = shown("feature--x");
    const commit = at.story.merge("feature/x", 7);
    const landed = await at.story.land(commit);
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect(shown("main")).toEqual(proved);
    expect(landed.document.requests).toMatchObject([
      { status: "landed", models: [{ name: "a", state: "green" }] },
    ]);
    expect(readdirSync(at.root).sort()).toEqual([".model-to-edge", "main"]);
    expect(readdirSync(join(at.root, ".model-to-edge/drafts"))).toEqual([]);
    expect((await at.story.land(commit)).document.requests).toMatchObject([
      { status: "already" },
    ]);
    await at.run("main");
    expect(withoutManifests(shown("main"))).toEqual(withoutManifests(proved));
  });

  it("keeps the branch while it has files that landing does not take, and names them", async () => {
    const others = { "data/labels.txt": "cat", "notes/a.md": "" };
    at.write("main", { "data/same.txt": "1" });
    at.write("feature--x", {
      ...{ "model/a/toy.weights": GOOD(5), "data/same.txt": "1" },
      ...others,
    });
    await at.run("feature--x");
    const commit = at.story.merge("feature/x", 7);

    const landed = await at.story.land(commit);
    expect(landed.document.requests).toMatchObject([
      {
        status: "landed",
        data_branch_kept: expect.stringMatching(
          /: data\/labels.txt, notes\/a.md$/,
        ),
      },
    ]);
    expect(shown("feature--x")).toHaveProperty(["data/labels.txt"]);

    at.write("main", others);
    expect((await at.story.land(commit)).document.requests).toMatchObject([
      { status: "already", data_branch_kept: null },
    ]);
    expect(readdirSync(at.root).sort()).toEqual([".model-to-edge", "main"]);
  });

  it("refuses what changed after the green, by content: the same bytes written again are fine", async () => {
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    await at.run("feature--x");
    const before = shown("main");
    at.write("feature--x", { "model/a/toy.weights": MISFIT });
    const commit = at.story.merge("feature/x", 7);
    const refused = await at.story.land(commit);
    expect(refused).toMatchObject({
      code: 1,
      document: { requests: [{ code: "stale-verdict" }] },
    });
    expect(refused.document.requests[0]?.models).toMatchObject([
      { name: "a", files: ["model/a/toy.weights"] },
    ]);
    expect(shown("main")).toEqual(before);
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    utimesSync(join(at.root, "feature--x/model/a/toy.weights"), 1, 1);
    expect((await at.story.land(commit)).code).toBe(0);
  });

  it("leaves a model alone that main itself has no verdict for", async () => {
    at.write("main", {
      "model/c/model.json": CONFIG,
      "model/c/toy.weights": GOOD(1),
    });
    at.write("feature--x", {
      "model/a/toy.weights": GOOD(5),
      "model/c/model.json": CONFIG,
      "model/c/toy.weights": GOOD(1),
    });
    const a = await at.story.command([
      "run",
      "--isolation",
      "none",
      "--model-branch",
      "feature--x",
      "--models",
      "a",
    ]);
    expect(a.code).toBe(0);
    const landed = await at.story.land(at.story.merge("feature/x", 7));
    expect(landed.document.requests).toMatchObject([
      { status: "landed", models: [{ name: "a" }] },
    ]);
    expect(landed.stdout).toContain("c on main: no green verdict");
  });

  it("finds a conflict by the chain of publications", async () => {
    await at.story.command(["branch", "feature/y", "--create"]);
    at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
    at.write("feature--y", { "model/a/toy.weights": GOOD(6) });
    await at.run("feature--x");
    await at.run("feature--y");
    expect((await at.story.land(at.story.merge("feature/x", 7))).code).toBe(0);
    const before = shown("main");
    const second = await at.story.land(at.story.merge("feature/y", 8));
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
    const origin = join(at.root, ".model-to-edge/origin.git");
    const git = (...words: string[]) =>
      execFileSync(
        "git",
        ["-c", "user.name=T", "-c", "user.email=t@example.org", ...words],
        {
          cwd: at.story.cwd,
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
    at.write("old--idea", { "model/a/model.json": CONFIG });
    const { stdout } = await at.story.command(["branch", "--all"]);
    expect(stdout).toMatch(/^Git branch +data branch +verdicts +age$/m);
    expect(stdout).toMatch(/^main +main +2 green +\d+ min$/m);
    expect(stdout).toMatch(/^docs\/typo +\(none\)$/m);
    expect(stdout).toMatch(/^feature\/x +feature--x +2 /m);
    expect(stdout).toMatch(/^\(none\) +old--idea +1 no verdict +\d+ min$/m);
    const listed = await at.story.command([
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
    expect(readdirSync(at.root)).toContain("old--idea");
    expect(
      (await at.story.command(["sweep", "--stale-branches", "--delete"]))
        .stdout,
    ).toContain("0 data branches deleted");
    await at.story.command([
      "sweep",
      "--stale-branches",
      "--older-than",
      "0",
      "--delete",
    ]);
    expect(
      readdirSync(at.root).filter((name) => !name.startsWith(".")),
    ).toEqual(["feature--x", "main"]);
    git("remote", "set-url", "origin", `${origin}-gone`);
    const blind = await at.story.command([
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
    expect(readdirSync(at.root)).toContain("feature--x");
  });
});
