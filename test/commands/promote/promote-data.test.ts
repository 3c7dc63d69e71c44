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
import { describe, expect, it, onTestFinished } from "vitest";
import { commandLine } from "../../support/command-line.ts";

const INFO = ["info_test.pkl", "info_train.pkl", "info_val.pkl"];
const OF_INFO = ["--awml-version", "v0.3.0", "--set", "base"];
const OF_LABELS = ["--day", "20241101", "--dataset", "xx1"];

function setUp() {
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-data-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  for (const name of INFO) write(`base/${name}`, `\x80 ${name}`);
  const registry = join(cwd, "registry");
  const promote = (args: string[], env: Record<string, string> = {}) =>
    commandLine(["promote", "--to", `file://${registry}`, ...args], {
      ...{ cwd, env },
    });

  return { cwd, registry, write, promote };
}

describe("promote of data", () => {
  it("writes info in AWML's layout once, and never over another one", async () => {
    const { cwd, registry, write, promote } = setUp();
    const info = (...more: string[]) =>
      promote(["--info", "base", ...OF_INFO, ...more]);

    expect((await info("--dry-run")).stdout).toContain("nothing was written");
    expect(existsSync(registry)).toBe(false);
    const first = await info();
    expect(first.code, first.stdout).toBe(0);
    expect(readdirSync(join(registry, "info/v0.3.0/base")).sort()).toEqual([
      ...["dataset.json", ...INFO],
    ]);
    const document = join(cwd, "model-to-edge-out/dataset-promotion.json");
    expect(JSON.parse(readFileSync(document, "utf8"))).toMatchObject({
      ...{ status: "promoted", path: "info/v0.3.0/base" },
    });
    expect(
      readFileSync(join(cwd, "model-to-edge-out/report/junit.xml"), "utf8"),
    ).toContain('name="v0.3.0 base"');

    expect((await info()).stdout).toContain("already there: the same files");
    write("base/info_val.pkl", "other");
    const other = await info();
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(
      /info\/v0\.3\.0\/base is there with other files: info_val\.pkl \(there [0-9a-f]{12}, ours [0-9a-f]{12}\)/,
    );
  });

  it("writes labels by day and data set, folders included, as the component's variables name them", async () => {
    const { registry, write, promote } = setUp();
    write("labels/a.json", "{}");
    write("labels/frames/0 1.bin", "");

    const run = await promote([], {
      ...{ MODEL_TO_EDGE_AUTO_LABEL: "labels", MODEL_TO_EDGE_DAY: "20241101" },
      ...{ MODEL_TO_EDGE_DATASET: "xx1", MODEL_TO_EDGE_STORE: "" },
      ...{ MODEL_TO_EDGE_MODEL: "", MODEL_TO_EDGE_VERSION: "auto" },
      ...{ MODEL_TO_EDGE_ALIAS: "edge", MODEL_TO_EDGE_BRANCH: "main" },
    });

    expect(run.code, run.stdout).toBe(0);
    const there = join(registry, "auto_label/20241101_xx1");
    expect(readFileSync(join(there, "a.json"), "utf8")).toBe("{}");
    expect(readFileSync(join(there, "frames/0 1.bin"), "utf8")).toBe("");
  });

  it("says what is wrong, and writes nothing", async () => {
    const { registry, promote } = setUp();
    const info = (folder: string) => ["--info", folder, ...OF_INFO];

    for (const [args, says] of [
      [info("nowhere"), "nowhere: it is missing"],
      [["--info", "base", "--awml-version", "v0.3.0"], "--info needs --set"],
      [["--auto-label", "base", ...OF_LABELS, "--day", "1"], 'the day "1"'],
      [[], "nothing to promote is named"],
      [[...info("base"), "--to", "gitlab:"], "has no place for data sets"],
    ] as const) {
      const run = await promote([...args], {
        ...{ CI_API_V4_URL: "http://127.0.0.1:4/api/v4", CI_PROJECT_ID: "1" },
        CI_JOB_TOKEN: "token",
      });
      expect(run.stdout).toContain(says);
      expect(run.code, says).toBe(2);
      expect(run.stdout).toContain("hint: ");
    }
    expect(existsSync(registry)).toBe(false);
  });
});
