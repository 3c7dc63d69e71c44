import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginePython } from "../support/engine-python.ts";
import { validate } from "../support/validate.ts";
import { REFUSED } from "./sklearn-refused.ts";
import { FEW, OPTIONS, RIGHT, type Row, WRONG } from "./sklearn-rows.ts";

interface Said {
  name: string;
  failure: { kind: string; code: string; message: string; hint: string } | null;
  warnings: string[];
}

const python = enginePython("sklearn");
const names = process.env.ENGINE_MODELS === "all" ? RIGHT : FEW;
const right = names.map((name): Row => ({ name, model: name }));
const rows = [...right, ...OPTIONS, ...WRONG, ...REFUSED.map(([row]) => row)];

describe.skipIf(!python)("scikit-learn's models", () => {
  let folder = "";
  let said = new Map<string, Said>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sklearn-models-"));
    const script = resolve("test/fixtures/sklearn/convert_rows.py");
    const lines = execFileSync(
      python ?? "",
      ["-W", "ignore", script, resolve("."), folder, JSON.stringify(rows)],
      {
        encoding: "utf8",
        env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONHASHSEED: "0" },
        maxBuffer: 1 << 26,
      },
    );
    const all = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Said);
    said = new Map(all.map((each) => [each.name, each]));
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([...right, ...OPTIONS])("$name is proved", async ({ name }) => {
    expect(said.get(name)?.failure).toBeNull();

    const verdict = await validate(join(folder, name, "out"));
    expect(verdict.sentence).toMatch(/may ship|with a warning/);
    expect(verdict.outcome).not.toBe("fail");
  });

  test.each(WRONG)("$name is wrong", async ({ name }) => {
    expect(said.get(name)?.failure).toBeNull();

    const verdict = await validate(join(folder, name, "out"));
    expect(verdict.outcome).toBe("fail");
    expect(verdict.reason).not.toBe("unproven");
  });

  test.each(REFUSED.map(([{ name }, code, word]) => ({ name, code, word })))(
    "$name is refused: $code",
    ({ name, code, word }) => {
      const failure = said.get(name)?.failure;

      expect(failure).toMatchObject({ kind: "input", code });
      expect(failure?.message).toContain(word);
      expect(failure?.hint).not.toBe("");
    },
  );
});
