import { UsageError } from "../../errors.ts";
import { CARD_FILE } from "../layout.ts";
import type { Release } from "../release.ts";
import { descriptionOf } from "../release-description.ts";
import type { LocalFile, ShowOutcome } from "../target.ts";
import type { GitlabAddress } from "./address.ts";
import type { ModelRegistry, ShownVersion } from "./model-registry.ts";
import { packageName } from "./names.ts";

/** What a program loads: the graph, weights beside it, the contract. */
const LOADED = /\.onnx(\.data|_data)?$|^contract\.json$/;
/** GitLab takes semantic versions; a `1.1.0-oem.1` it would sort before 1.1.0. */
const NUMBER = /^\d+\.\d+\.\d+$/;

const WHY = {
  off: "GitLab answered 404: this GitLab has none, the project has it switched off, or the token has no access to it",
  "read only":
    "the token may read alone there; it needs the scope api and the role Developer or higher",
};

/**
 * Makes the model and the version of a release in GitLab's model registry, and adds the files that a program loads; what
 * is there already stays. Throws `UsageError` where a version or a file there is not of these bytes.
 */
export async function showVersion(
  registry: ModelRegistry,
  {
    release,
    files,
    address,
  }: { release: Release; files: readonly LocalFile[]; address: GitlabAddress },
): Promise<ShowOutcome> {
  const { release: number, digest } = release;
  const name = packageName(release);
  if (!NUMBER.test(number))
    return {
      status: "left out",
      why: `it takes versions of three numbers, and ${number} is none`,
    };

  const version = await versionOf(registry, name, {
    number,
    description: descriptionFor(release, address),
  });
  if (typeof version === "string")
    return { status: "left out", why: WHY[version] };
  if (!version.description.includes(digest))
    throw foreign(
      registry,
      `the description of ${name} ${number} does not name the bytes ${digest.slice(0, 12)}: someone else made or changed it`,
    );

  for (const file of files.filter((each) => LOADED.test(each.name)))
    await addFile(registry, version, file);

  const { page } = address;
  return { status: "shown", link: version.link ?? `${page}/-/ml/models` };
}

/** The version that is there, or a new one. */
async function versionOf(
  registry: ModelRegistry,
  name: string,
  { number, description }: { number: string; description: string },
): Promise<ShownVersion | keyof typeof WHY> {
  const before = await registry.version(name, number);
  if (before) return before;

  const mayWrite = await registry.createModel(name);
  if (!mayWrite) return "read only";

  const made = await registry.createVersion(name, number, description);
  // Another job may have been faster, or an answer was lost.
  const now = made ?? (await registry.version(name, number));
  if (now) return now;

  throw new UsageError(
    `${registry.address.url}: model registry: GitLab refused to make ${name} ${number}`,
    {
      code: "registry-refused",
      hint: "choose a name that no model experiment of the project has, and a semantic version: GitLab takes no other",
    },
  );
}

/** Nothing is written over a file. What a download gives afterwards is what counts. */
async function addFile(
  registry: ModelRegistry,
  { id }: ShownVersion,
  source: LocalFile,
): Promise<void> {
  const { name, sha256 } = source;
  const before = await registry.sha256(id, name);
  if (before === null) await registry.upload(id, name, source);

  const now = before ?? (await registry.sha256(id, name));
  if (now !== sha256)
    throw foreign(
      registry,
      `${name} of the version ${id} is there with other bytes (${now?.slice(0, 12) ?? "missing"}, ours ${sha256.slice(0, 12)})`,
    );
}

/** Markdown: what the version is, its bytes, and where all of its files lie. */
function descriptionFor(
  release: Release,
  { api, project, page }: GitlabAddress,
): string {
  const { digest, files } = release;
  const base = `${api}/projects/${encodeURIComponent(project)}/packages/generic/${packageName(release)}/${release.release}`;
  const card = files.some(({ name }) => name === CARD_FILE)
    ? `, [model card](${base}/${CARD_FILE})`
    : "";

  return [
    descriptionOf(release),
    `All files: [package ${packageName(release)} ${release.release}](${page}/-/packages)${card}.`,
    `Made by model-to-edge promote from the bytes \`${digest}\`.`,
  ].join("\n\n");
}

function foreign({ address }: ModelRegistry, what: string): UsageError {
  return new UsageError(`${address.url}: model registry: ${what}`, {
    code: "release-damaged",
    hint: "look at the version in Deploy > Model registry; delete it there, and promote the same model again",
  });
}
