import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ok, type Recorded, refusal } from "./mlflow-answers.ts";
import type { MlflowStandIn } from "./mlflow-stand-in.ts";

/** Null for a call that is about none. `folder`: of a listing. */
export async function artifactAnswer(
  stand: MlflowStandIn,
  call: string,
  request: IncomingMessage,
  folder: string,
): Promise<Recorded | null> {
  const [method, path = ""] = call.split(" ");
  if (call === "GET mlflow-artifacts/artifacts") return listed(stand, folder);
  if (!path.startsWith("mlflow-artifacts/artifacts/")) return null;

  if (method === "PUT") return written(stand, call, request);
  return method === "DELETE" ? removed(stand, call) : read(stand, call);
}

/** Bytes of artifacts that are kept, to be read again. */
const KEPT = 1 << 20;

async function written(
  { runs, bytes }: MlflowStandIn,
  call: string,
  request: IncomingMessage,
): Promise<Recorded> {
  const { id, name } = artifactIn(call);
  const hash = createHash("sha256");
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size <= KEPT) kept.push(chunk as Buffer);
  }
  const run = runs.get(id);
  if (run) run.files[name] = { sha256: hash.digest("hex"), size };
  if (size <= KEPT) bytes.set(`${id}/${name}`, Buffer.concat(kept));

  return { status: 200, body: "" };
}

function read({ bytes }: MlflowStandIn, call: string): Recorded {
  const { id, name } = artifactIn(call);
  const body = bytes.get(`${id}/${name}`);
  const type = "application/octet-stream";

  return body
    ? { status: 200, body, type }
    : refusal("RESOURCE_DOES_NOT_EXIST", `No such artifact: ${name}`, 404);
}

function removed({ runs, bytes }: MlflowStandIn, call: string): Recorded {
  const { id, name } = artifactIn(call);
  delete runs.get(id)?.files[name];
  bytes.delete(`${id}/${name}`);

  return ok({});
}

/** Of one folder; the paths are names in it, and there is no list where nothing lies in it. */
function listed({ runs }: MlflowStandIn, path: string): Recorded {
  const { id, name } = artifactIn(`artifacts/${path}`);
  const below = Object.entries(runs.get(id)?.files ?? {}).flatMap(
    ([file, { size }]) =>
      file.startsWith(`${name}/`)
        ? [{ rest: file.slice(name.length + 1), size }]
        : [],
  );
  const files = below
    .filter(({ rest }) => !rest.includes("/"))
    .map(({ rest, size }) => ({ path: rest, is_dir: false, file_size: size }));
  const folders = below
    .filter(({ rest }) => rest.includes("/"))
    .map(({ rest }) => rest.slice(0, rest.indexOf("/")));
  const dirs = [...new Set(folders)].map((dir) => ({
    path: dir,
    is_dir: true,
  }));
  const all = [...dirs, ...files];

  return ok(all.length > 0 ? { files: all } : {});
}

function artifactIn(call: string): { id: string; name: string } {
  const [, id = "", name = ""] =
    /artifacts\/1\/([^/]+)\/artifacts\/(.+)$/.exec(call) ?? [];
  return { id, name: decodeURIComponent(name) };
}
