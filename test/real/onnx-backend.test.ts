import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { backendData, backendNames } from "../support/onnx-backend/data.ts";
import {
  type BackendOutcome,
  runBackendCase,
} from "../support/onnx-backend/run.ts";
import { backendTable, ratesOf } from "../support/onnx-backend/table.ts";
import { validate } from "../support/validate.ts";
import { validateHere } from "../support/validate-here.ts";

const data = backendData();
const all = process.env.ONNX_BACKEND === "all";
/** Of about 1,450 cases `npm test` takes some, each in the worker's own process as in a run. */
const EVERY = all ? 1 : 150;

async function outcomes(
  folder: string,
  check: Parameters<typeof runBackendCase>[2],
): Promise<BackendOutcome[]> {
  const found: BackendOutcome[] = [];
  for (const name of backendNames(folder).filter(
    (_, index) => index % EVERY === 0,
  ))
    found.push(await runBackendCase(folder, name, check));
  return found;
}

test.skipIf(!data)(
  `ONNX's own test cases pass, and fail with one value of their output changed (${all ? "all" : "a sample"})`,
  async () => {
    const found = await outcomes(
      data?.folder ?? "",
      all ? validateHere : (folder, policy) => validate(folder, policy),
    );
    const { judged, red, missed, green, sentence } = ratesOf(found);
    console.log(sentence);
    if (all)
      writeFileSync(
        "docs/onnx-backend.md",
        backendTable(found, data?.version ?? ""),
      );
    expect(red).toEqual([]);
    expect([missed, green]).toEqual([[], []]);
    expect(judged).toBeGreaterThan(all ? 1000 : 5);
  },
  3_600_000,
);
