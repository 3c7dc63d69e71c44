import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { hashBytes } from "../../disk/hash-file.ts";
import { objectIn } from "../../document/json-object.ts";
import { ExternalError, UsageError } from "../../errors.ts";
import type { ObjectSource } from "../object-place.ts";
import type { GitlabAddress } from "./address.ts";
import { type PackageAt, type PackageFile, shown } from "./package.ts";
import {
  exchange,
  heard,
  type Transfer,
  uploadInit,
  type World,
} from "./transfer.ts";

/** For one file, in milliseconds. */
const TRANSFER_MS = 900_000;
/** Bytes of the largest document of ours that is read. */
const LARGEST = 8 << 20;

/** One try to add a file to a package. Throws `GitlabError`, or `ExternalError` where GitLab got other bytes. */
export async function putFile(
  world: World,
  address: GitlabAddress,
  { at, name, source }: { at: PackageAt; name: string; source: ObjectSource },
): Promise<void> {
  const call = transfer(address, at, name, uploadInit(source, address.token));
  call.url.searchParams.set("select", "package_file");
  const response = await exchange(world, call);
  const text = await heard(world, call, () => response.text());
  const { file_sha256: sha256 } = objectIn(text) ?? {};

  if (sha256 !== source.sha256)
    throw new ExternalError(
      `${address.url}: GitLab has ${String(sha256)} as the sha256 of ${name}, not ${source.sha256}`,
      {
        code: "registry-unreachable",
        hint: "the file was changed on its way, or something before GitLab answered in its place: run the job again",
      },
    );
}

/** One try to read the newest file of a name. Throws `GitlabError`, or `UsageError` where it is not what GitLab's list says. */
export async function getFile(
  world: World,
  address: GitlabAddress,
  at: PackageAt,
  { name, sha256 }: PackageFile,
): Promise<Uint8Array> {
  const { header, text } = address.token;
  const call = transfer(address, at, name, { headers: { [header]: text } });
  const response = await exchange(world, call);
  const size = Number(response.headers.get("content-length") ?? 0);
  if (size > LARGEST) throw damaged(address, at, `${name} is too large`);

  const bytes = await heard(world, call, async () =>
    Buffer.from(await response.arrayBuffer()),
  );
  if (hashBytes(bytes) === sha256) return bytes;
  throw damaged(address, at, `${name} is not what GitLab's list says`);
}

/** One try to stream the newest file of a name into a local one, whose bytes nothing proves yet. Throws `GitlabError`. */
export async function saveFile(
  world: World,
  address: GitlabAddress,
  { at, name, path }: { at: PackageAt; name: string; path: string },
): Promise<void> {
  const { header, text } = address.token;
  const call = transfer(address, at, name, { headers: { [header]: text } });
  const { body } = await exchange(world, call);
  await heard(world, call, () =>
    pipeline(
      body ? Readable.fromWeb(body as ReadableStream) : Readable.from([]),
      createWriteStream(path),
    ),
  );
}

function transfer(
  { api, project }: GitlabAddress,
  { name, version }: PackageAt,
  file: string,
  init: RequestInit,
): Transfer {
  const parts = [name, version, ...file.split("/")].map(encodeURIComponent);
  const path = `projects/${encodeURIComponent(project)}/packages/generic/${parts.join("/")}`;

  return {
    name: `${init.method ?? "GET"} ${path}`,
    url: new URL(`${api}/${path}`),
    ...{ init, limitMs: TRANSFER_MS },
  };
}

/** A file of a package is not what we wrote there. */
export function damaged(
  { url }: GitlabAddress,
  at: PackageAt,
  why: string,
): UsageError {
  return new UsageError(`${url}: ${shown(at)}: ${why}`, {
    code: "release-damaged",
    hint: "look in the project's package registry who uploaded what, and delete it, or choose a higher version with `--version`",
  });
}
