import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toyStore } from "../support/toy-store.ts";

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
      { LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:9" },
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

  it("leaves alone what is not a run's in the same folder", async () => {
    const store = toyStore();
    const own = join(store.cwd, "model-to-edge-out/own.txt");
    mkdirSync(join(store.cwd, "model-to-edge-out"));
    writeFileSync(own, "mine");
    expect((await store.run()).code).toBe(0);
    expect(readFileSync(own, "utf8")).toBe("mine");
  });
});
