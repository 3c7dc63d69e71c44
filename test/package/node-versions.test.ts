import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { satisfies, subset } from "semver";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { nodeWords, runsOn } from "../../scripts/parts/node-version.mjs";
import { nodeProblem } from "../../src/node-version.ts";
import { temporaryFolder } from "../child/children.ts";

interface Locked {
  engines?: { node?: string };
  optional?: boolean;
}

const RANGE = (
  JSON.parse(readFileSync("package.json", "utf8")) as {
    engines: { node: string };
  }
).engines.node;

const OLD = resolve("test/fixtures/old-node.cjs");

describe("one range of Node", () => {
  it("is within what every package of the lock needs: npm ci refuses others", () => {
    const { packages } = JSON.parse(
      readFileSync("package-lock.json", "utf8"),
    ) as { packages: Record<string, Locked> };
    const needed = Object.entries(packages).filter(
      ([, { engines, optional }]) => engines?.node && !optional,
    );

    expect(needed.length).toBeGreaterThan(100);
    expect(packages[""]?.engines?.node).toBe(RANGE);
    expect(
      needed.filter(([, { engines }]) => !subset(RANGE, engines?.node ?? "")),
    ).toEqual([]);
  });

  it.each([
    ...["18.20.8", "20.18.3", "20.19.0", "20.20.2", "21.7.3", "22.11.0"],
    ...["22.12.0", "22.23.3", "23.11.1", "24.0.0", "24.21.0", "26.0.0"],
  ])("takes %s before npm ci, and when it runs, as npm does", (version) => {
    const isTaken = satisfies(version, RANGE);
    expect(runsOn(RANGE, version)).toBe(isTaken);
    expect(nodeProblem(version) === null).toBe(isTaken);
  });

  it("is refused in one line before npm ci, and nothing is installed", () => {
    const clone = temporaryFolder();
    for (const path of ["scripts", "package.json", "package-lock.json"])
      cpSync(path, join(clone, path), { recursive: true });
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--require", OLD, "scripts/bootstrap.mjs"],
      { cwd: clone, encoding: "utf8", env: { PATH: process.env.PATH } },
    );
    expect([status, stderr]).toEqual([
      2,
      `model-to-edge needs Node ${nodeWords(RANGE)}, this is 22.5.1\n`,
    ]);
    expect(existsSync(join(clone, "node_modules"))).toBe(false);
  });

  it("is told before anything that an old Node cannot load; --version answers", () => {
    const outcome = (word: string) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--require", OLD, "dist/cli.js", word],
        { encoding: "utf8" },
      );
      return { status, stdout, stderr };
    };

    expect(outcome("run")).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^error: model-to-edge needs .*\nhint: .*\n$/,
      ),
    });
    expect(outcome("run").stderr).toContain(
      `needs Node ${nodeWords(RANGE)}, this is 22.5.1`,
    );
    expect(outcome("--version")).toMatchObject({ status: 0, stderr: "" });
  });

  it.each(["README.md", "docs/getting-started.md", "docs/install.md"])(
    "is what %s says",
    (file) => {
      expect(readFileSync(file, "utf8")).toContain(`Node ${nodeWords(RANGE)}`);
    },
  );

  it("has the Node of the images, and a job of the pipeline for each of its lines", () => {
    const pipeline = parse(readFileSync(".gitlab-ci.yml", "utf8"));
    const image = /^ARG NODE=node:(\d+)-/m.exec(
      readFileSync("components/runner/Dockerfile", "utf8"),
    )?.[1];
    const lines = [...RANGE.matchAll(/(\d+)\.\d+\.0/g)].map(([, line]) => line);

    expect(pipeline.check.parallel.matrix).toEqual([{ NODE: lines }]);
    expect(lines).toContain(image);
    expect(pipeline.variables.NODE_IMAGE).toContain(`:${image}-`);
  });
});
