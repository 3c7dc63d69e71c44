import { basename } from "node:path";
import { checkAgainst } from "../../document/schema.ts";
import { readJsonObject } from "../read-json-object.ts";
import type { Contract, InputPort } from "./contract.ts";

/** What a `contract.json` holds, or why it cannot be used; both null where there is none. */
export type ContractFile =
  | { contract: Contract; problem: null }
  | { contract: null; problem: string | null };

/** As the schema has it: one input may stand alone, and what nobody knows may be null or left out. */
type Written = Partial<Omit<Contract, "outputs" | "classes">> &
  Pick<Contract, "outputs"> & {
    input?: InputPort;
    classes?: string[] | null;
  };

/** Reads `contract.json` once, for all that ask; it may come from anybody. Never throws for what it holds. */
export async function readContract(path: string): Promise<ContractFile> {
  const { data, problem } = await readJsonObject(path);
  if (data === null) return { contract: null, problem };

  const invalid = await checkAgainst("contract", data);
  if (invalid.length > 0)
    return {
      contract: null,
      problem: `${basename(path)} does not match its schema: ${invalid.slice(0, 3).join("; ")}`,
    };

  return { contract: fromWritten(data as unknown as Written), problem: null };
}

function fromWritten(written: Written): Contract {
  const { input, inputs, outputs } = written;

  return {
    task: written.task ?? null,
    model: written.model ?? null,
    opset: written.opset ?? null,
    ir: written.ir ?? null,
    domains: written.domains ?? null,
    min_ort: written.min_ort ?? null,
    precision: written.precision ?? null,
    weights: written.weights ?? null,
    inputs: inputs ?? (input ? [input] : []),
    outputs,
    preprocess: written.preprocess ?? [],
    postprocess: written.postprocess ?? [],
    baked: written.baked ?? {},
    classes: written.classes ?? [],
    classes_from: written.classes_from ?? null,
  };
}
