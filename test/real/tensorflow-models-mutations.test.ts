import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/validate/verdict.ts";
import { enginePython } from "../support/engine-python.ts";
import { validate } from "../support/validate.ts";

/** Variants are made by programs of the engine mmdeploy's environment; `npm run test:engines` tries them. */
const isAll = process.env.ENGINE_MODELS === "all";
const python = isAll ? enginePython("tensorflow") : null;
const editor = isAll ? enginePython("mmdeploy") : null;
const EVERY = "4";

interface Variant {
  title: string;
  folder: string;
  found: string | null;
}

const folder = mkdtempSync(join(tmpdir(), "tensorflow-mutations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!python || !editor)("variants of a Keras classifier", () => {
  it("wrong ones are red, harmless ones are not", {
    timeout: 900_000,
  }, async () => {
    const misjudged: string[] = [];
    const all = variants(convert());
    for (const { title, folder: variant, found } of all) {
      copyFileSync(
        join(folder, "evidence/references.safetensors"),
        join(variant, "references.safetensors"),
      );
      const verdict = await validate(variant);
      if (!isRight(verdict, found))
        misjudged.push(`${title}: ${verdict.sentence}`);
    }

    expect(misjudged).toEqual([]);
    expect(all.length).toBeGreaterThan(20);
  });
});

/** The converted model, as the program of the variants wants it. */
function convert(): string {
  const script = resolve("test/fixtures/tensorflow/convert_rows.py");
  const rows = JSON.stringify([{ name: "net", model: "classifier" }]);
  const args = ["-W", "ignore", script, resolve("."), folder, rows];
  writeFileSync(
    join(folder, "log"),
    execFileSync(python ?? "", args, { stdio: ["ignore", "pipe", "ignore"] }),
  );

  const [source, evidence] = [join(folder, "source"), join(folder, "evidence")];
  for (const made of [source, evidence]) mkdirSync(made);
  const output = join(folder, "net/out");
  cpSync(join(output, "contract.json"), join(source, "contract.json"));
  cpSync(join(output, "model.onnx"), join(source, "end2end.onnx"));
  cpSync(
    join(output, "references.safetensors"),
    join(evidence, "references.safetensors"),
  );

  return source;
}

function variants(source: string): Variant[] {
  const out = join(folder, "variants");
  const args = ["-W", "ignore", "-m", "mutations", source, out, EVERY];
  const lines = execFileSync(editor ?? "", args, {
    cwd: resolve("test"),
    encoding: "utf8",
    maxBuffer: 1 << 24,
  });
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Variant);
}

function isRight({ outcome, checks }: Verdict, found: string | null): boolean {
  if (found === null) return outcome !== "fail";
  const wrong = checks
    .filter(({ status, kind }) => status === "fail" && kind === "wrong")
    .map(({ check }): string => check);

  return (
    wrong.includes(found) || (found === "parity" && wrong.includes("behaviour"))
  );
}
