import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Policy } from "../config/policy.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { readContract } from "./contract/read-contract.ts";
import { modelBelow } from "./model-below.ts";
import { type JsonObjectFile, readJsonObject } from "./read-json-object.ts";
import type { Subject } from "./subject.ts";

const REFERENCES = "references.safetensors";
const LAID_OUT =
  "give a folder with one .onnx file and its references.safetensors, laid out like edge/<name>/";

/** What is validated in a folder. Throws `UsageError` where the folder holds no model, or several and nothing says which. */
export async function findSubject(
  folder: string,
  evidence: string | null,
  policy: Policy,
): Promise<Subject> {
  const root = resolve(folder);
  const names = await readdir(root).catch(nullUnlessPrevented);
  if (names === null) throw notSuch(`${folder} is not a readable folder`);

  const { contract, problem } = await readContract(join(root, "contract.json"));
  const manifest = (await readJsonObject(join(root, "manifest.json"))).data;
  const models = names.filter((name) => name.endsWith(".onnx")).sort();
  if (models.length === 0) throw await withoutModel(folder);

  const model = chooseModel(folder, models, [
    contract?.model,
    ...listedPaths(manifest),
  ]);

  const references = await firstFile(places(root, evidence));

  return {
    folder: root,
    model: join(root, model),
    references,
    contract,
    contractProblem: problem,
    policy,
    published: null,
  };
}

/** The only ONNX file, or the one that the contract or the manifest names. */
function chooseModel(
  folder: string,
  models: string[],
  paths: readonly unknown[],
): string {
  const [only, ...others] = models;
  if (only !== undefined && others.length === 0) return only;

  const named = paths
    .filter((path) => typeof path === "string")
    .map((path) => basename(path))
    .filter((name) => models.includes(name));

  const [chosen] = named;
  if (chosen !== undefined && new Set(named).size === 1) return chosen;

  throw notSuch(
    `${folder} contains several .onnx files: ${models.slice(0, 5).join(", ")}`,
  );
}

/** Paths of the files that a manifest lists, as far as it is one. */
function listedPaths(manifest: JsonObjectFile["data"]): unknown[] {
  const files: unknown[] = Array.isArray(manifest?.files) ? manifest.files : [];
  return files.map((file) => (file as { path?: unknown } | null)?.path);
}

/** Where references may lie: `--evidence`, the folder, or beside `edge/` as it is published. */
function places(root: string, evidence: string | null): string[] {
  if (evidence !== null) return [join(resolve(evidence), REFERENCES)];

  const parent = dirname(root);
  const published =
    basename(root) === "edge"
      ? join(parent, "evidence")
      : join(dirname(parent), "evidence", basename(root));

  return [
    join(root, REFERENCES),
    join(root, "evidence", REFERENCES),
    join(published, REFERENCES),
  ];
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths)
    if ((await stat(path).catch(nullUnlessPrevented))?.isFile()) return path;
  return null;
}

async function withoutModel(folder: string): Promise<UsageError> {
  const below = await modelBelow(folder);
  const message = `${folder} contains no .onnx file`;

  return below === null
    ? notSuch(message)
    : notSuch(message, `${below} has one: name that folder`);
}

function notSuch(message: string, hint = LAID_OUT): UsageError {
  return new UsageError(message, { code: "no-model-folder", hint });
}
