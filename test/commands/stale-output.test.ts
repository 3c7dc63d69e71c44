import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";
import { hashOf } from "./promoting.ts";

const OTHER_WEIGHTS = JSON.stringify({ w: [9, 2, 3, 4], b: [0, 0, 0, 1] });

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

describe("the output of an earlier job", () => {
  it.each([
    [
      "the branch is missing",
      ["--model-branch", "nope", "--missing-branch", "fail"],
      {},
    ],
    ["a setting is wrong", ["--publish", "al"], {}],
    [
      "credentials are missing",
      ["--store", "lakefs://vision"],
      { LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:4" },
    ],
  ])("is not uploaded as this one's where %s", async (_, args, env) => {
    const store = toyStore();
    expect((await store.run()).code).toBe(0);
    const at = (path: string) => join(store.cwd, "model-to-edge-out", path);
    expect(existsSync(at("summary.json"))).toBe(true);

    const failed = await store.run(args, { env });
    expect(failed.code).toBe(2);
    for (const path of [
      "summary.json",
      "plan.json",
      "models",
      "report/report.html",
    ])
      expect([path, existsSync(at(path))]).toEqual([path, false]);

    const junit = readFileSync(at("report/junit.xml"), "utf8");
    expect(junit).toContain('errors="1"');
    expect(readFileSync(at("report/note.md"), "utf8")).toContain(
      "could not be checked",
    );
  });

  it("goes whole: nothing that a run wrote is left by one that fails early", async () => {
    const store = toyStore();
    expect((await store.run()).code).toBe(0);
    expect((await store.run(["--publish", "al"])).code).toBe(2);
    expect(filesIn(join(store.cwd, "model-to-edge-out"))).toEqual([
      "report/junit.xml",
      "report/note.md",
    ]);
  });

  it("goes with a new plan: the next steps start from nothing, also where it fails", async () => {
    const store = toyStore({ a: {}, b: {} });
    expect((await store.run()).code).toBe(0);
    const out = join(store.cwd, "model-to-edge-out");
    const args = ["--store", store.url, "--models", "a"];
    const plan = (branch: string) =>
      commandLine(["plan", "--model-branch", branch, ...args], {
        cwd: store.cwd,
      });

    expect((await plan("main")).code).toBe(0);
    expect(filesIn(out)).toEqual(["plan.json"]);

    expect((await store.run(["--force"])).code).toBe(0);
    expect((await plan("none")).code).toBe(2);
    expect(existsSync(out) ? filesIn(out) : []).toEqual([]);
  });

  it("is never that of a run at the same time: the second one waits for the first", async () => {
    const first = toyStore();
    const second = toyStore();
    second.write("model/det/toy.weights", OTHER_WEIGHTS);
    const out = ["--out", join(first.root, "out")];
    const runs = await Promise.all([first.run(out), second.run(out)]);

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const logs = runs.map(({ stdout }) => stdout).join("");
    expect(logs.match(/another command uses the output folder/g)).toHaveLength(
      1,
    );
    expect(readdirSync(join(first.root, "out"))).not.toContain("run.lock");
    for (const store of [first, second]) {
      const { inputs, files } = store.manifest("edge/det/manifest.json");
      for (const { path, sha256 } of [...inputs, ...files])
        expect([path, hashOf(join(store.branch, path))]).toEqual([
          path,
          sha256,
        ]);
    }
  });

  it("goes alone: a repository's own models/ and report/ stay, with --out .", async () => {
    const store = toyStore();
    const own = [
      ...["models/det/notes.txt", "models/old/weights.pth"],
      ...["models/README.md", "report/mine.html"],
    ];
    for (const path of own) {
      mkdirSync(dirname(join(store.cwd, path)), { recursive: true });
      writeFileSync(join(store.cwd, path), path);
    }

    expect((await store.run(["--out", "."])).code).toBe(0);
    expect(existsSync(join(store.cwd, "models/det/files/end2end.onnx"))).toBe(
      true,
    );
    expect((await store.run(["--out", ".", "--publish", "al"])).code).toBe(2);

    expect(filesIn(store.cwd)).toEqual(
      [...own, "report/junit.xml", "report/note.md"].sort(),
    );
  });

  it("never goes by way of a link", async () => {
    const store = toyStore();
    const away = join(store.root, "away/det");
    mkdirSync(join(away, "files"), { recursive: true });
    writeFileSync(join(away, "files/weights.pth"), "mine");
    symlinkSync(join(store.root, "away"), join(store.cwd, "models"));

    expect((await store.run(["--out", "."])).code).toBe(0);
    expect(filesIn(away)).toEqual(["files/weights.pth"]);
  });

  it("leaves alone what is not a run's in the same folder", async () => {
    const store = toyStore();
    const own = join(store.cwd, "model-to-edge-out/own.txt");
    mkdirSync(join(store.cwd, "model-to-edge-out"));
    writeFileSync(own, "mine");
    expect((await store.run()).code).toBe(0);
    expect(readFileSync(own, "utf8")).toBe("mine");
  });
});
