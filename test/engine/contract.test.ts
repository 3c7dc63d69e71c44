import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/catalogue.ts";
import { opsetOption, optionProblems } from "../../src/engine/options.ts";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { validate } from "../support/validate.ts";
import { ROOT } from "./toy.ts";
import {
  bytesOf,
  type ContractModel,
  type ContractRun,
  contractScript,
  enginesUnderContract,
  filesBelow,
  hasScript,
  makeContractModel,
  runUnderContract,
} from "./under-contract.ts";

const engines = await enginesUnderContract();
const CRASH = join(ROOT, "test/fixtures/engines/crash.py");

interface Schema {
  minimum?: number;
  properties: Record<string, Schema>;
  anyOf?: Schema[];
}

function schemaOf({ folder, options }: Engine): Schema {
  return JSON.parse(readFileSync(join(folder, options), "utf8")) as Schema;
}

async function opsetName(engine: Engine): Promise<string> {
  return (await opsetOption(engine))?.split(".").at(-1) ?? "";
}

/** The least number that the option takes. */
function oldest(option: Schema | undefined): number {
  const said = [option, ...(option?.anyOf ?? [])].map((each) => each?.minimum);
  const found = said.find((minimum) => minimum !== undefined);
  if (found === undefined) throw new Error("the opset has no minimum");
  return found;
}

it("holds for every engine of components/, and for the template", () => {
  expect(engines.length).toBeGreaterThan(1);
  expect(engines.map(({ name }) => name)).toContain("template");
});

describe.each(engines)("the contract of engines: $name", (engine) => {
  const names = Object.keys(schemaOf(engine).properties);

  it("has a script that makes a small model, and options", () => {
    const missing = `write ${contractScript(engine)}: it makes a small model in the folder that it is given, and prints the options`;
    expect(hasScript(engine), missing).toBe(true);
    expect(names.length).toBeGreaterThan(0);
  });

  it.each(names)(
    "an unknown option that is nearly %s is an error with that name",
    async (name) => {
      const near = name.length > 4 ? name.slice(0, -1) : `${name}x`;
      if (names.includes(near)) return;

      const lines = await optionProblems(engine, { [near]: null });
      expect(lines).toContainEqual(
        expect.stringContaining(`${engine.name} has no option "${near}"`),
      );
      expect(lines.join("\n")).toMatch(`"${name}"`);
    },
  );

  it("refuses an opset that no runtime has, and one that is text", async () => {
    const option = await opsetName(engine);
    expect(names).toContain(option);

    for (const opset of [1, 99, "17"])
      expect(await optionProblems(engine, { [option]: opset })).toContainEqual(
        expect.stringContaining(`${engine.name}.${option}`),
      );
  });
});

describe.each(engines.filter(({ python }) => python !== null))(
  "the contract of engines, by its process: $name",
  (engine) => {
    const folder = mkdtempSync(join(tmpdir(), "engine-contract-"));
    let model: ContractModel;
    let run: ContractRun;
    let count = 0;
    const workFolder = () => join(folder, `work-${++count}`);

    beforeAll(async () => {
      model = makeContractModel(engine, join(folder, "model"));
      const start = { workFolder: workFolder(), seed: "1" };
      run = await runUnderContract(engine, model, start);
    }, 300_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("converts its small model, and the checks prove it", async () => {
      expect(run.outcome).toMatchObject({ result: { status: "ok" } });

      const verdict = await validate(run.output);
      expect(verdict.sentence).toMatch(/may ship/);
      expect(verdict.outcome).not.toBe("fail");
    });

    it("gives the same bytes in another process with another hash seed", async () => {
      const start = { workFolder: workFolder(), seed: "2" };
      const again = await runUnderContract(engine, model, start);

      expect(Object.keys(bytesOf(run.output)).length).toBeGreaterThan(2);
      expect(bytesOf(again.output)).toEqual(bytesOf(run.output));
    });

    it("without references nothing is proved", async () => {
      rmSync(join(run.output, "references.safetensors"));
      const verdict = await validate(run.output);
      expect(verdict).toMatchObject({ outcome: "fail", reason: "unproven" });
    });

    it("that crashes leaves no result, and its last words are said", async () => {
      const start = { workFolder: workFolder(), under: CRASH };
      const { outcome } = await runUnderContract(engine, model, start);

      expect(outcome).toMatchObject({
        failure: {
          code: "engine-crashed",
          message: expect.stringMatching(/SIGSEGV.*about to crash/s),
        },
      });
    });

    it("without options it converts, or says which one is missing", async () => {
      if (Object.keys(model.options).length === 0) return;

      const start = { workFolder: workFolder() };
      const bare = { ...model, options: {} };
      const { outcome } = await runUnderContract(engine, bare, start);

      if (!("result" in outcome)) throw new Error(outcome.failure.message);
      if (outcome.result.status === "ok") return;
      const { error } = outcome.result;
      const said = Object.keys(model.options).filter((name) =>
        `${error.message} ${error.hint}`.includes(name),
      );
      expect(error.kind).toBe("input");
      expect(said).not.toEqual([]);
    });

    it("asked for the oldest opset that it offers, gives none newer or says so", async () => {
      const option = await opsetName(engine);
      const opset = oldest(schemaOf(engine).properties[option]);
      const asked = {
        ...model,
        options: { ...model.options, [option]: opset },
      };
      const start = { workFolder: workFolder() };
      const { outcome, output } = await runUnderContract(engine, asked, start);

      if (!("result" in outcome)) throw new Error(outcome.failure.message);
      const { result } = outcome;
      if (result.status === "failed") {
        expect(result.error.kind).toBe("input");
        return expect(result.error.hint).toContain(option);
      }

      const file = result.files.find(({ role }) => role === "model");
      const { opsets } = await readOnnx(join(output, file?.path ?? ""));
      expect(opsets[""]).toBeLessThanOrEqual(opset);
    });

    it("a request of another protocol leaves no result", () => {
      const place = join(folder, "bad");
      mkdirSync(place);
      const file = join(place, "request.json");
      const request = { protocol: 99, output_dir: join(place, "output") };
      writeFileSync(file, JSON.stringify(request));

      const { status, stderr } = spawnSync(
        engine.python ?? "",
        [join(engine.folder, engine.entry), file],
        {
          cwd: place,
          encoding: "utf8",
          env: {
            PYTHONPATH: join(ROOT, "components/_shared"),
            PYTHONDONTWRITEBYTECODE: "1",
          },
        },
      );
      expect(status).not.toBe(0);
      expect(stderr).toContain("request.json is not a request of protocol");
      expect(filesBelow(place)).toEqual(["request.json"]);
    });
  },
);
