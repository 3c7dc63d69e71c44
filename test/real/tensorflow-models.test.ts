import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import { openReferences } from "../../src/validate/evidence/open-references.ts";
import { enginePython } from "../support/engine-python.ts";
import { validate } from "../support/validate.ts";
import { FEW_REFUSED, REFUSED } from "./tensorflow-refused.ts";
import { FEW, HALF, OPTIONS, RIGHT, WRONG } from "./tensorflow-rows.ts";

interface Said {
  name: string;
  failure: { kind: string; code: string; message: string; hint: string } | null;
  warnings: string[];
}

const python = enginePython("tensorflow");
const isAll = process.env.ENGINE_MODELS === "all";
const right = isAll ? [...RIGHT, ...OPTIONS] : FEW;
const wrong = isAll ? WRONG : WRONG.slice(0, 1);
const refused = REFUSED.filter(([{ name }]) => isAll || FEW_REFUSED.has(name));
const half = isAll ? HALF : [];
const rows = [...right, ...wrong, ...half, ...refused.map(([row]) => row)];

describe.skipIf(!python)("TensorFlow's models", () => {
  let folder = "";
  let said = new Map<string, Said>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tensorflow-models-"));
    const script = resolve("test/fixtures/tensorflow/convert_rows.py");
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

  test.each(right)("$name is proved", async ({ name }) => {
    expect(said.get(name)?.failure).toBeNull();

    const verdict = await validate(join(folder, name, "out"));
    expect(verdict.sentence).toMatch(/may ship|with a warning/);
    expect(verdict.outcome).not.toBe("fail");
  });

  test.runIf(right.some(({ name }) => name === "segmentor"))(
    "a picture with open sides is compared with odd ones, too",
    async () => {
      const path = join(folder, "segmentor/out/references.safetensors");
      const { cases, close } = await openReferences(path);
      await close();

      expect(
        cases.map(({ inputs }) => inputs.get("image")?.dims),
      ).toContainEqual([2, 65, 97, 3]);
    },
  );

  test("it is said where whole numbers were drawn as 0 and 1, and nowhere else", () => {
    const drawn = (name: string) =>
      said.get(name)?.warnings.filter((text) => /drawn as 0 and 1/.test(text));

    expect(drawn("whole")).toEqual([
      expect.stringMatching(/^whole numbers of x were .*\{x: \[0, 999\]\}/),
    ]);
    expect(drawn("cities")).toEqual([]);
  });

  test.each(wrong)("$name is wrong", async ({ name }) => {
    expect(said.get(name)?.failure).toBeNull();

    const verdict = await validate(join(folder, name, "out"));
    expect(verdict.outcome).toBe("fail");
    expect(verdict.reason).not.toBe("unproven");
  });

  test.each(half)("$name is proved at a tolerance alone", async ({ name }) => {
    expect(said.get(name)?.failure).toBeNull();

    const output = join(folder, name, "out");
    const { reason, sentence } = await validate(output);
    expect(reason).toBe("unproven");
    expect(sentence).toContain("or set a tolerance");

    const tolerance = { ...STRICT.tolerance, sqnr_db: 40 };
    expect((await validate(output, { tolerance })).outcome).not.toBe("fail");
  });

  test.each(refused.map(([{ name }, code, word]) => ({ name, code, word })))(
    "$name is refused: $code",
    ({ name, code, word }) => {
      const failure = said.get(name)?.failure;

      expect(failure).toMatchObject({
        kind: code === "checkpoint-mismatch" ? "mismatch" : "input",
        code,
      });
      expect(failure?.message).toContain(word);
      expect(failure?.hint).not.toBe("");
    },
  );
});
