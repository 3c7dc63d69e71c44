import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { STRICT } from "../config/policy.ts";
import { hashFile } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { parametersFile } from "../model/layout.ts";
import { graphHash } from "../onnx/graph-hash.ts";
import type { OnnxModel, OnnxValue } from "../onnx/model.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { leavesFolder } from "../validate/external-data.ts";
import { findSubject } from "../validate/find-subject.ts";
import { readJsonObject } from "../validate/read-json-object.ts";
import type { Subject } from "../validate/subject.ts";
import type { ModelFacts } from "./compare-models.ts";
import type { Json } from "./json.ts";
import { parameterFacts } from "./read-parameters.ts";

/**
 * What a folder, laid out like `edge/<name>/`, says of its model. Throws `UsageError` if it holds no model, or a
 * `contract.json` that cannot be used.
 */
export async function readFacts(folder: string): Promise<ModelFacts> {
  const subject = await findSubject(folder, null, STRICT);
  return factsOf(subject, await readOnnx(subject.model));
}

/** The same of a subject whose graph was read. */
export async function factsOf(
  { folder, model, contractProblem }: Subject,
  graph: OnnxModel,
): Promise<ModelFacts> {
  if (contractProblem !== null)
    throw new UsageError(`${folder}: ${contractProblem}`, {
      code: "contract-unreadable",
      hint: "compare published folders; `model-to-edge validate` reports what is wrong with this one",
    });

  const { data } = await readJsonObject(join(folder, "contract.json"));

  return {
    contract: data,
    ports: portsOf(graph),
    graph: await graphHash(model),
    bytes: await hashes(model, graph),
    parameters: parameterFacts(await parametersIn(folder)),
  };
}

/** Bytes of its `*.param.yaml`, whatever the model is called; null where there is none. */
async function parametersIn(folder: string): Promise<Uint8Array | null> {
  const [name] = (await readdir(folder))
    .filter((each) => each.endsWith(parametersFile("")))
    .sort();

  return name === undefined ? null : readFile(join(folder, name));
}

/** As a contract: what a program sees of the graph alone. */
function portsOf(graph: OnnxModel): Json {
  const { inputs, outputs, opsets } = graph;

  return {
    version: 1,
    opset: opsets[""] ?? null,
    domains: domainsOf(graph),
    inputs: inputs.map(portOf),
    outputs: outputs.map(portOf),
  };
}

/** Of the operators that a runtime must bring: the graph's own functions are none of them. */
function domainsOf({ nodes, functions }: OnnxModel): string[] {
  const own = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  const needed = nodes.filter(({ domain, op }) => !own.has(`${domain}:${op}`));

  return [...new Set(needed.map(({ domain }) => domain))].sort();
}

function portOf({ name, dtype, shape }: OnnxValue): Json {
  return { name, dtype, shape: shape ?? [] };
}

/** Of the model's file and of the files with its weights. */
async function hashes(
  model: string,
  { initializers }: OnnxModel,
): Promise<string[]> {
  const locations = initializers
    .map(({ external }) => external?.location ?? "")
    .filter((location) => !leavesFolder(location));
  const files = [...new Set(locations)].map((location) =>
    join(dirname(model), location),
  );

  const sums: string[] = [];
  for (const file of [model, ...files]) {
    const info = await stat(file).catch(nullUnlessPrevented);
    if (info?.isFile()) sums.push(await hashFile(file));
  }

  return sums.sort();
}
