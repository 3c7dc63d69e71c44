import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Policy } from "../config/policy.ts";
import { UsageError } from "../errors.ts";
import type { Subject } from "./check.ts";

const REFERENCES = "references.safetensors";
const LARGEST_JSON = 4 << 20;

/** What is validated in a folder. Throws `UsageError` where the folder holds no model, or several and nothing says which. */
export async function findSubject(
  folder: string,
  evidence: string | null,
  policy: Policy,
): Promise<Subject> {
  const root = resolve(folder);
  const names = await readdir(root).catch(() => {
    throw notSuch(`${folder} is no folder that can be read`);
  });

  const contract = await readJson(join(root, "contract.json"));
  const manifest = (await readJson(join(root, "manifest.json"))).data;
  const models = names.filter((name) => name.endsWith(".onnx")).sort();
  const model = chooseModel(folder, models, contract.data, manifest);
  const references = await firstFile(places(root, evidence));

  return {
    folder: root,
    model: join(root, model),
    references,
    contract: contract.data,
    contractProblem: contract.problem,
    policy,
    published: null,
  };
}

/** The only ONNX file, or the one that the contract or the manifest names. */
function chooseModel(
  folder: string,
  models: string[],
  contract: Subject["contract"],
  manifest: Record<string, unknown> | null,
): string {
  const [only, ...others] = models;
  if (only === undefined) throw notSuch(`${folder} holds no .onnx file`);
  if (others.length === 0) return only;

  const listed = Array.isArray(manifest?.files) ? manifest.files : [];
  const named = [
    contract?.model,
    ...listed.map((file: { path?: unknown }) => file?.path),
  ]
    .filter((path) => typeof path === "string")
    .map((path) => basename(path))
    .filter((name) => models.includes(name));

  const [chosen] = named;
  if (chosen !== undefined && new Set(named).size === 1) return chosen;

  throw notSuch(
    `${folder} holds several .onnx files: ${models.slice(0, 5).join(", ")}`,
  );
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
    if ((await stat(path).catch(() => null))?.isFile()) return path;
  return null;
}

interface JsonFile {
  data: Record<string, unknown> | null;
  /** Why it cannot be used; null also where there is none. */
  problem: string | null;
}

/** A JSON object; `contract.json` and `manifest.json` may come from anybody. */
async function readJson(path: string): Promise<JsonFile> {
  const info = await stat(path).catch(() => null);
  if (!info) return { data: null, problem: null };

  const unusable = (problem: string): JsonFile => ({
    data: null,
    problem: `${basename(path)} ${problem}`,
  });
  if (!info.isFile() || info.size > LARGEST_JSON)
    return unusable("is no file of a few kilobytes");

  try {
    const data: unknown = JSON.parse(await readFile(path, "utf8"));
    const isObject =
      typeof data === "object" && data !== null && !Array.isArray(data);

    return isObject
      ? { data: data as Record<string, unknown>, problem: null }
      : unusable("is no JSON object");
  } catch {
    return unusable("is not JSON");
  }
}

function notSuch(message: string): UsageError {
  return new UsageError(message, {
    code: "no-model-folder",
    hint: "give a folder with one .onnx file and its references.safetensors, laid out as edge/<name>/",
  });
}
