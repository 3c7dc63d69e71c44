import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginePython } from "../support/engine-python.ts";
import { validate } from "../support/validate.ts";
import { REFUSED } from "./torch-refused.ts";
import { REFUSED_NEW, REFUSED_OLD } from "./torch-refused-options.ts";
import { RIGHT } from "./torch-rows.ts";
import { HALF, RIGHT_NEW } from "./torch-rows-new.ts";
import { RIGHT_UNUSUAL } from "./torch-rows-unusual.ts";
import { WRONG, WRONG_NEW } from "./torch-wrong.ts";

interface Said {
  name: string;
  failure: { kind: string; code: string; message: string; hint: string } | null;
  warnings: string[];
  environment: { exporter?: string; exporter_because?: string };
}

/** Of those that ship, what `npm test` proves; `npm run test:engines` proves all. */
const FEW = new Set([
  ...["pictures", "argmax", "attention", "gru", "one-number", "mapping"],
  ...["code-says-float32", "three-inputs", "scripted", "keys-and-names"],
  ...[
    "weights-as-inputs",
    "functions",
    "evaluation",
    "opset-13",
    "padded-pool",
  ],
  ...["unusual-Echo", "unusual-Lazy", "unusual-Weightless"],
]);

/**
 * `npm run test:engines` has the engine's own torch, of 5 GB; `npm test` the older one of another engine's environment,
 * which has the exporter torchscript alone.
 */
const isAll = process.env.ENGINE_MODELS === "all";
const python = enginePython(isAll ? "torch" : "mmdeploy");
const right = isAll
  ? [...RIGHT, ...RIGHT_UNUSUAL, ...RIGHT_NEW]
  : [...RIGHT, ...RIGHT_UNUSUAL].filter(({ name }) => FEW.has(name));
const wrong = isAll ? [...WRONG, ...WRONG_NEW] : WRONG;
const half = isAll ? HALF : [];
const refused = [...REFUSED, ...(isAll ? REFUSED_NEW : REFUSED_OLD)];
const rows = [...right, ...wrong, ...half, ...refused.map(([row]) => row)];

describe.skipIf(!python)("torch's modules", () => {
  let folder = "";
  let said = new Map<string, Said>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "torch-models-"));
    const script = resolve("test/fixtures/torch/convert_rows.py");
    const lines = execFileSync(
      python ?? "",
      ["-W", "ignore", script, resolve("."), folder, JSON.stringify(rows)],
      {
        encoding: "utf8",
        env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONHASHSEED: "0" },
        maxBuffer: 1 << 26,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const all = lines
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Said);
    said = new Map(all.map((each) => [each.name, each]));
  }, 1_800_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(right)(
    "$name is proved",
    { timeout: 300_000 },
    async ({ name }) => {
      expect(said.get(name)?.failure).toBeNull();

      const verdict = await validate(join(folder, name, "out"));
      expect(verdict.sentence).toMatch(/may ship|with a warning/);
      expect(verdict.outcome).not.toBe("fail");
    },
  );

  test.each(wrong)("$name is wrong", { timeout: 300_000 }, async ({ name }) => {
    expect(said.get(name)?.failure).toBeNull();

    const verdict = await validate(join(folder, name, "out"));
    expect(verdict.outcome).toBe("fail");
    expect(verdict.reason).not.toBe("unproven");
  });

  test.each(half)(
    "$name is not proved by default",
    { timeout: 300_000 },
    async ({ name }) => {
      const { warnings } = said.get(name) ?? { warnings: [] };
      expect(warnings).toEqual([expect.stringContaining("sqnr_db: 40")]);

      const verdict = await validate(join(folder, name, "out"));
      expect(verdict.reason).toBe("unproven");
    },
  );

  test.each(refused.map(([{ name }, code, words]) => ({ name, code, words })))(
    "$name is refused: $code",
    ({ name, code, words }) => {
      const failure = said.get(name)?.failure;

      expect(failure).toMatchObject({
        kind: code === "checkpoint-mismatch" ? "mismatch" : "input",
        code,
      });
      expect(failure?.message).toContain(words);
      expect(failure?.hint).not.toBe("");
    },
  );

  test("references come before the export, which changes statistics", async () => {
    const references = async (name: string) =>
      tensorsOf(
        await readFile(join(folder, name, "out/references.safetensors")),
      );

    expect(said.get("wrong-WithDropout")?.failure).toBeNull();
    expect(await references("wrong-WithDropout")).toEqual(
      await references("evaluation"),
    );
  });

  test.each(right)("$name leaves no other file", async ({ name }) => {
    expect((await readdir(join(folder, name, "out"))).sort()).toEqual([
      "contract.json",
      "model.onnx",
      "references.safetensors",
    ]);
  });

  const asked = right.filter(({ options }) => options?.opset_version);
  test.each(asked)(
    "$name has the opset that was asked for",
    async ({ name, options }) => {
      const path = join(folder, name, "out/contract.json");
      const contract = JSON.parse(await readFile(path, "utf8"));
      expect(contract.opset).toBe(options?.opset_version);
    },
  );

  test.skipIf(!isAll)(
    "what dynamo would fix goes to the other exporter",
    () => {
      expect(said.get("gru")?.environment).toMatchObject({
        exporter: "torchscript",
        exporter_because: expect.stringContaining("dynamo fixes axis 0"),
      });
    },
  );
});

/** Tensors' bytes by name; what a layer gets by the layer's name, since each graph has a name of its own for it. */
function tensorsOf(bytes: Buffer): Map<string, string> {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(
    bytes.toString("utf8", 8, start),
  ) as Record<string, { data_offsets: [number, number] }> & {
    __metadata__: Record<string, string>;
  };
  const named = (name: string) =>
    name.replace(
      /(?<=\/layer\.fp(?:32|64)\/).+$/s,
      (tensor) => JSON.parse(__metadata__[`layer/${tensor}`] ?? "").layer,
    );

  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          data_offsets: [from, to],
        },
      ]) => [named(name), bytes.toString("base64", start + from, start + to)],
    ),
  );
}
