import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult, ResultOf } from "../check-result.ts";
import { readJsonObject } from "../read-json-object.ts";
import type { Verdict } from "../verdict.ts";
import { declaredLengths, type InputPort } from "./contract.ts";

/** Where a `contract.json` describes inputs. */
interface WrittenInputs {
  input?: InputPort;
  inputs?: InputPort[];
}

/**
 * Writes the largest lengths that the check of shapes found as `max` into the folder's `contract.json`, so that a
 * device's program knows where an open axis ends. A folder without one, and a verdict that found no end, change nothing.
 */
export async function declareEnds(
  folder: string,
  { checks }: Verdict,
): Promise<void> {
  const ends = Object.entries(checks.find(isShapes)?.details.largest ?? {});
  const path = join(folder, "contract.json");
  const { data } = await readJsonObject(path);
  if (ends.length === 0 || data === null) return;

  const { input, inputs } = data as WrittenInputs;
  for (const port of inputs ?? (input ? [input] : []))
    for (const [axis, largest] of ends) declareEnd(port, axis, largest);

  await writeFile(path, `${JSON.stringify(data, null, 2)}\n`);
}

function isShapes(result: CheckResult): result is ResultOf<"shapes"> {
  return result.check === "shapes";
}

function declareEnd(port: InputPort, axis: string, largest: number): void {
  const at = port.shape.indexOf(axis);
  if (at < 0 || declaredLengths(port).has(at)) return;
  port.max = { ...port.max, [axis]: largest };
}
