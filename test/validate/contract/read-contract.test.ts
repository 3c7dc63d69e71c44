import { mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readContract } from "../../../src/validate/contract/read-contract.ts";

const port = { name: "x", dtype: "f32", shape: ["b", 4] };
const least = { version: 1, input: port, outputs: [{ ...port, name: "y" }] };

async function written(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "read-contract-"));
  const path = join(folder, "contract.json");
  await writeFile(path, text);
  return path;
}

describe("contract.json", () => {
  test("is read once into what all ask: one input is a list, what is not said is null or empty", async () => {
    const { contract, problem } = await readContract(
      await written(JSON.stringify(least)),
    );

    expect(problem).toBeNull();
    expect(contract).toMatchObject({
      inputs: [port],
      preprocess: [],
      baked: {},
      classes: [],
      task: null,
      opset: null,
    });
  });

  test("several inputs and null for the classes stay what they are", async () => {
    const { contract } = await readContract(
      await written(
        JSON.stringify({ ...least, inputs: [port, port], classes: null }),
      ),
    );

    expect(contract?.inputs).toHaveLength(2);
    expect(contract?.classes).toEqual([]);
  });

  test.each([
    ["no contract at all", "{}", "does not match its schema"],
    ["a list", "[]", "is not a JSON object"],
    ["half a file", '{"version": 1,', "is not JSON"],
  ])("%s is a problem, not an error", async (_what, text, problem) => {
    const read = await readContract(await written(text));

    expect(read.contract).toBeNull();
    expect(read.problem).toContain(problem);
  });

  test("a file of gigabytes is not read", async () => {
    const path = await written("{}");
    await truncate(path, 3e9);

    expect((await readContract(path)).problem).toContain("small regular file");
  });

  test("where there is none nothing is wrong", async () => {
    expect(await readContract("/nowhere/contract.json")).toEqual({
      contract: null,
      problem: null,
    });
  });
});
