import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { Subject } from "./check.ts";
import type { Policy } from "./policy.ts";

const REFERENCES = "references.safetensors";
const LARGEST_JSON = 4 << 20;

/** What is validated in a folder. Throws `UsageError` where the folder holds no model, or several and nothing says which. */
export async function findSubject(folder: string, evidence: string | null, policy: Policy): Promise<Subject> {
  const root = resolve(folder);
  const names = await readdir(root).catch(() => {
    throw notSuch(`${folder} is no folder that can be read`);
  });
  const contract = await readJson(join(root, "contract.json"));
  const manifest = await readJson(join(root, "manifest.json"));
  const models = names.filter((name) => name.endsWith(".onnx")).sort();
  const model = chooseModel(folder, models, contract, manifest);
  const references = await firstFile(places(root, evidence));
  return { folder: root, model: join(root, model), references, contract, policy };
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
  const named = [contract?.model, ...listed.map((file: { path?: unknown }) => file?.path)]
    .filter((path) => typeof path === "string")
    .map((path) => basename(path))
    .filter((name) => models.includes(name));
  const [chosen] = named;
  if (chosen !== undefined && new Set(named).size === 1) return chosen;
  throw notSuch(`${folder} holds several .onnx files: ${models.slice(0, 5).join(", ")}`);
}

/** Where references may lie: `--evidence`, the folder, or beside `edge/` as it is published. */
function places(root: string, evidence: string | null): string[] {
  if (evidence !== null) return [join(resolve(evidence), REFERENCES)];
  const parent = dirname(root);
  const published =
    basename(root) === "edge" ? join(parent, "evidence") : join(dirname(parent), "evidence", basename(root));
  return [join(root, REFERENCES), join(root, "evidence", REFERENCES), join(published, REFERENCES)];
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if ((await stat(path).catch(() => null))?.isFile()) return path;
  return null;
}

/** A JSON object, null where there is none; `contract.json` and `manifest.json` may come from anybody. */
async function readJson(path: string): Promise<Record<string, unknown> | null> {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return null;
  try {
    if (info.size > LARGEST_JSON) throw new Error("too large");
    const data: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof data === "object" && data !== null && !Array.isArray(data)) return data as Record<string, unknown>;
    throw new Error("no object");
  } catch (error) {
    throw new UsageError(`${path} is no JSON object (${(error as Error).message})`, {
      code: "not-json",
      hint: "write it again, or remove it: it is optional",
    });
  }
}

function notSuch(message: string): UsageError {
  return new UsageError(message, {
    code: "no-model-folder",
    hint: "give a folder with one .onnx file and its references.safetensors, laid out as edge/<name>/",
  });
}
