import { basename, extname } from "node:path/posix";
import type { ErrorCode } from "../error-codes.ts";
import type { Failure } from "../errors.ts";
import {
  GOLDEN_FILE,
  LABEL_FILE,
  parametersFile,
  README_FILE,
} from "../model/layout.ts";
import { TOOLCHAIN_FILE } from "../model/toolchain.ts";

export interface OutputFile {
  role: string;
  path: string;
}

/** Names that the runner gives to files of its own: nobody else's may pass for them. */
const OURS: ReadonlySet<string> = new Set([
  "manifest.json",
  "verdict.json",
  "report.html",
  "performance.json",
  "conversion.json",
  "references.safetensors",
  "contract.json",
  "attestation.json",
  "model.sig",
  GOLDEN_FILE,
  README_FILE.toLowerCase(),
  TOOLCHAIN_FILE,
  LABEL_FILE,
]);

/** `name`: in small letters. */
function isOurs(name: string): boolean {
  return OURS.has(name) || name.endsWith(parametersFile(""));
}

/** What the engine's process wrote and may not be published: a second model that no check looks at, a file named as ours. */
export function refusedOutputs(files: readonly OutputFile[]): Failure | null {
  const models = files.filter(({ path }) => extname(path) === ".onnx");
  const [model] = files.filter(({ role }) => role === "model");
  if (!model) return failure("no-model", "the engine wrote no model");

  const other = models.find(({ path }) => path !== model.path);
  if (other)
    return failure(
      "second-model",
      `beside the model ${model.path} there is ${other.path}, which no check covers`,
    );

  const twice = ["model", "contract", "references"].find(
    (role) => files.filter((file) => file.role === role).length > 1,
  );
  if (twice !== undefined)
    return failure("role-twice", `the engine wrote two files as its ${twice}`);

  const taken = files.find(
    ({ role, path }) =>
      isOurs(basename(path).toLowerCase()) &&
      !["contract", "references", "preview"].includes(role),
  );
  if (taken)
    return failure(
      "name-taken",
      `the engine wrote ${taken.path}, a name that is reserved for the runner`,
    );

  return null;
}

/** Of a file that cannot be taken over; null where there is none. */
export function refusedPath(path: string | null, why: string): Failure | null {
  return path === null
    ? null
    : failure("output-path", `the engine wrote ${path}, which ${why}`);
}

function failure(code: ErrorCode, message: string): Failure {
  return {
    kind: "refused",
    code,
    message,
    hint: "the model's own code or the engine wrote it: see `engine.log`, and do not write this file",
  };
}
