import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { GOLDEN_FILE, README_FILE } from "../../model/layout.ts";
import type { PlannedModel } from "../../plan/plan.ts";
import { findSubject } from "../../validate/find-subject.ts";
import type { Verdict } from "../../validate/verdict.ts";
import type { Workplace } from "../progress.ts";
import { writeGolden } from "./golden-file.ts";
import { writeParameters } from "./parameter-files.ts";
import { readmeText } from "./readme-text.ts";

/**
 * `golden.safetensors`, `README.txt`, and the parameters where they are wanted, beside a model that may ship: what a device's program is tried with first. Logs why
 * there is no golden input, unless a person does not want one.
 */
export async function writeDeviceFiles(
  { ctx, folders }: Pick<Workplace, "ctx" | "folders">,
  { name, engine, policy }: PlannedModel,
  verdict: Verdict,
): Promise<void> {
  const { files, evidence } = folders;
  const { model, contract, references } = await findSubject(
    files,
    evidence,
    policy,
  );
  const golden = await writeGolden({
    source: references,
    path: join(files, GOLDEN_FILE),
    wish: policy.golden ?? "sample",
    contract,
  });
  if ("why" in golden && policy.golden !== "none")
    ctx.log.info(`${name}: no ${GOLDEN_FILE}: ${golden.why}`);

  const facts = { name, engine, contract, verdict, golden };
  const text = readmeText({ ...facts, model: relative(files, model) });
  await writeFile(join(files, README_FILE), text);

  if (policy.parameters)
    await writeParameters(files, policy.parameters, {
      ...{ name, file: relative(files, model) },
    });
}
