import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import { passed } from "../../../src/validate/check.ts";
import { resultOf } from "../../../src/validate/check-result.ts";
import { declareEnds } from "../../../src/validate/contract/declare-ends.ts";
import { readContract } from "../../../src/validate/contract/read-contract.ts";
import { decideVerdict } from "../../../src/validate/verdict.ts";
import { folderOf } from "../../support/model-folder.ts";

const found = (largest: Record<string, number>) =>
  decideVerdict(
    "net",
    [resultOf("shapes", passed("also runs", { largest }))],
    STRICT,
    "",
  );
const port = { name: "x", dtype: "f32", shape: ["b", "n"] };
const contract = {
  version: 1,
  of_the_engine: "stays",
  input: port,
  outputs: [{ ...port, name: "y" }],
};
const written = (data: object) =>
  folderOf({ "contract.json": JSON.stringify(data) });

describe("the largest lengths that were found", () => {
  test("stand in contract.json as max, beside what the engine wrote", async () => {
    const folder = await written(contract);
    await declareEnds(folder, found({ n: 512, m: 7 }));

    const text = await readFile(join(folder, "contract.json"), "utf8");
    expect(JSON.parse(text)).toEqual({
      ...contract,
      input: { ...port, max: { n: 512 } },
    });
    expect(
      (await readContract(join(folder, "contract.json"))).contract?.inputs,
    ).toEqual([{ ...port, max: { n: 512 } }]);
  });

  test("are not repeated where height and width say theirs", async () => {
    const picture = { ...port, shape: ["b", 3, "h", "w"], h: [32, 64, 128] };
    const folder = await written({ ...contract, input: picture });
    await declareEnds(folder, found({ h: 100, w: 90 }));

    const { contract: read } = await readContract(
      join(folder, "contract.json"),
    );
    expect(read?.inputs).toEqual([{ ...picture, max: { w: 90 } }]);
  });

  test("change nothing where there are none, or no contract.json", async () => {
    const folder = await written(contract);
    await declareEnds(folder, found({}));
    await declareEnds(await folderOf({}), found({ n: 512 }));

    expect(await readFile(join(folder, "contract.json"), "utf8")).toBe(
      JSON.stringify(contract),
    );
  });
});
