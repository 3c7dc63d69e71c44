import { realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import type { Context } from "../../context.ts";
import { tryBubblewrap, untriedBubblewrap } from "../../engine/bubblewrap.ts";
import type { Isolation } from "../../engine/isolation-level.ts";
import { tryLandlock } from "../../engine/landlock.ts";
import { packageFile } from "../../package-file.ts";
import type { Subject } from "../subject.ts";

type SandboxContext = Pick<
  Context,
  "environment" | "now" | "signal" | "worker"
>;

/** Debian's Node ends where it may not read the one that is there. */
const OF_NODE = "/etc/ssl/openssl.cnf";

/** By the PATH: what works does not change while this process lives. */
const found = new Map<string, Promise<Isolation | null>>();

/** Bubblewrap, else Landlock; null where this machine has neither. Asked once. */
export function workerSandbox(ctx: SandboxContext): Promise<Isolation | null> {
  const known = found.get(ctx.environment.path);
  if (known) return known;

  const asked = firstOf(ctx);
  found.set(ctx.environment.path, asked);

  return asked;
}

async function firstOf(ctx: SandboxContext): Promise<Isolation | null> {
  for (const attempt of [tryBubblewrap, tryLandlock]) {
    const reached = await attempt(own(ctx));
    if ("level" in reached) return reached;
  }

  return null;
}

/**
 * What is likely to work, before anything was tried: a worker that says it is ready has shown that it does. Null where it
 * is known what works, or what is likely does not exist.
 */
export async function likelySandbox(
  ctx: SandboxContext,
): Promise<Isolation | null> {
  return found.has(ctx.environment.path) ? null : untriedBubblewrap(own(ctx));
}

/** A worker was ready inside of it: it need not be tried any more. */
export function worksHere(ctx: SandboxContext, sandbox: Isolation): void {
  if (!found.has(ctx.environment.path))
    found.set(ctx.environment.path, Promise.resolve(sandbox));
}

function own(ctx: SandboxContext) {
  const root = fileURLToPath(packageFile("."));
  return { ...ctx, root, cwd: "/", home: "/" };
}

/** What a worker reads beside its program, and the folder that it writes to; absolute paths. */
export interface WorkerReach {
  models: readonly string[];
  scratch: string;
}

/** The worker's words inside of the sandbox: it reads its program and the models, and writes to its scratch folder alone. */
export async function sandboxedWorker(
  sandbox: Isolation,
  ctx: Pick<Context, "worker">,
  { models, scratch }: WorkerReach,
): Promise<{ command: string; args: string[] }> {
  const readable = [...(await programFolders(ctx)), ...models];
  const access = { readable, writable: [scratch], gpu: false };

  return sandbox.wrap(execPath, [ctx.worker], access);
}

/** Node, this package, and the folder of packages that ONNX Runtime lies in. */
async function programFolders({
  worker,
}: Pick<Context, "worker">): Promise<string[]> {
  const parts = ["package.json", "schemas", "profiles"].map((path) =>
    fileURLToPath(packageFile(path)),
  );

  return [
    ...[await realpath(execPath), execPath, OF_NODE],
    ...[dirname(worker), join(dirname(worker), "..", "node_modules")],
    ...packagesOf(worker),
    ...parts,
  ];
}

/** Empty where ONNX Runtime is not found from there: the worker says so itself. */
function packagesOf(worker: string): string[] {
  const folder = `${sep}node_modules${sep}`;
  try {
    const runtime = createRequire(worker).resolve("onnxruntime-node");
    return [runtime.slice(0, runtime.lastIndexOf(folder) + folder.length - 1)];
  } catch {
    return [];
  }
}

/** Folders of a model's files, its references and the published one's. */
export function modelFolders({
  folder,
  references,
  published,
}: Subject): string[] {
  return [
    folder,
    ...[references, published]
      .filter((path) => path !== null)
      .map((path) => dirname(path)),
  ];
}
