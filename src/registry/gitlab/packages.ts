import { Packages } from "@gitbeaker/rest";
import { GitlabError, withoutToken } from "../../gitlab/gitlab-error.ts";
import { type GitlabPatience, PATIENCE } from "../../gitlab/patience.ts";
import { createRequester } from "../../gitlab/requester.ts";
import { retried } from "../../retry.ts";
import type { ObjectSource } from "../object-place.ts";
import type { GitlabAddress } from "./address.ts";
import { packagesError } from "./failure.ts";
import {
  type FoundPackage,
  type PackageAt,
  type PackageFile,
  shown,
} from "./package.ts";
import { getFile, putFile, saveFile } from "./package-bytes.ts";
import type { World } from "./transfer.ts";

/** Generic packages of a project, by GitLab's documented API. Each call throws `UsageError` (refused) or `ExternalError` (out of reach). */
export interface GitlabPackages {
  readonly address: GitlabAddress;
  /** All generic packages; those of one name where it is given. */
  list(name?: string): Promise<FoundPackage[]>;
  /** All files of a package, the first one first, several of one name included; none where there is no such package. */
  files(at: PackageAt | FoundPackage): Promise<PackageFile[]>;
  /** Adds a file; GitLab does not look whether one of that name is there. An answer that was lost is found again. */
  upload(at: PackageAt, name: string, source: ObjectSource): Promise<void>;
  /** Streams the newest file of a name into a local one; nothing is checked. */
  save(at: PackageAt, name: string, path: string): Promise<void>;
  /** The newest file of a name; its sha256 is checked. */
  download(at: PackageAt, file: PackageFile): Promise<Uint8Array>;
}

// These are missing in gitbeaker's types, and passed on.
const LARGE_PAGES = { perPage: 100 } as object;
const GENERIC = { ...LARGE_PAGES, packageType: "generic" } as object;

export function gitlabPackages(
  world: World,
  address: GitlabAddress,
  patience: GitlabPatience = PATIENCE,
): GitlabPackages {
  const { project, token } = address;

  const told = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const plain =
        error instanceof GitlabError
          ? withoutToken(error, token.text, what)
          : error;
      throw packagesError(plain, address, what);
    }
  };
  const again = <T>(work: (round: number) => Promise<T>): Promise<T> => {
    let round = 0;
    return retried(() => work(++round), {
      policy: { attempts: 4, ...patience },
      signal: world.signal,
      judge: (error) => (error instanceof GitlabError ? error.again : null),
    });
  };

  const list = async (name?: string): Promise<FoundPackage[]> => {
    const all = await resource(world, address, patience).all({
      projectId: project,
      ...GENERIC,
      // The server's search is fuzzy: the exact name is compared here.
      ...(name === undefined ? {} : { packageName: name }),
    });
    const found = listOf(all, "packages").map(packageIn);
    return found.filter((each) => name === undefined || each.name === name);
  };
  const idOf = async (at: PackageAt | FoundPackage) => {
    if ("id" in at) return at.id;

    const all = await list(at.name);
    return all.find(({ version }) => version === at.version)?.id ?? null;
  };
  const files = async (at: PackageAt | FoundPackage) => {
    const id = await idOf(at);
    if (id === null) return [];

    const client = resource(world, address, patience);
    const all = await client.allFiles(project, id, LARGE_PAGES);
    return listOf(all, "package_files")
      .map(fileIn)
      .sort((a, b) => a.id - b.id);
  };

  const isThere = async (at: PackageAt, name: string, source: ObjectSource) =>
    (await files(at)).some(
      (each) => each.name === name && each.sha256 === source.sha256,
    );

  return {
    address,
    list: (name) => told("listing the packages", () => list(name)),
    files: (at) => told(`listing ${shown(at)}`, () => files(at)),
    upload: (at, name, source) =>
      told(`writing ${name} of ${shown(at)}`, () =>
        again(async (round) => {
          if (round > 1 && (await isThere(at, name, source))) return;

          await putFile(world, address, { at, name, source }).catch(
            async (error: unknown) => {
              if (isRefused(error) && (await isThere(at, name, source))) return;
              throw error;
            },
          );
        }),
      ),
    save: (at, name, path) =>
      told(`reading ${name} of ${shown(at)}`, () =>
        again(() => saveFile(world, address, { at, name, path })),
      ),
    download: (at, file) =>
      told(`reading ${file.name} of ${shown(at)}`, () =>
        again(() => getFile(world, address, at, file)),
      ),
  };
}

/** Where a group forbids a second file of a name, another one of the same bytes may have been faster. */
function isRefused(error: unknown): boolean {
  return error instanceof GitlabError && error.status === 400;
}

/** A client whose patience begins now. */
function resource(
  world: World,
  { api, token: { header, text } }: GitlabAddress,
  patience: GitlabPatience,
): InstanceType<typeof Packages> {
  return new Packages({
    // gitbeaker adds /api/v4 by itself.
    host: api.replace(/\/api\/v4$/, ""),
    requesterFn: createRequester(world, text, patience),
    queryTimeout: null,
    ...(header === "JOB-TOKEN" ? { jobToken: text } : { token: text }),
  });
}

/** Answers are checked, not trusted: a proxy may answer in the server's place. */
function listOf(answer: unknown, call: string): Record<string, unknown>[] {
  if (Array.isArray(answer)) return answer;
  throw new GitlabError(200, `GET ${call}`, "an answer that is not a list");
}

function packageIn({ id, name, version }: Record<string, unknown>) {
  return { id: Number(id), name: String(name), version: String(version) };
}

/** Folders come back with an encoded `/`. */
function fileIn({ id, file_name: name, file_sha256 }: Record<string, unknown>) {
  return {
    id: Number(id),
    name: String(name).replaceAll("%2F", "/"),
    sha256: String(file_sha256),
  };
}
