import { type Author, authorOf, type Witnesses } from "../attest/author.ts";
import { parseConversionYaml } from "../config/conversion-yaml.ts";
import {
  type ConfigLayer,
  loosenedBy,
  namesCode,
  profileNames,
  templateNames,
} from "../config/model-settings.ts";
import { isProfileFile, policyProfiles } from "../config/read-profiles.ts";
import { isTemplateFile, policyTemplates } from "../config/read-templates.ts";
import { type Failure, toFailure, UsageError } from "../errors.ts";
import {
  attestationPath,
  type BranchPaths,
  isIn,
  isManifestPath,
  placesOf,
} from "../model/layout.ts";
import { type Manifest, readPublished } from "../model/manifest.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";
import type { PlanEngine } from "./choose-engine.ts";

/** Bytes; it is written by hand. */
const CONFIG_LIMIT = 256 << 10;
const READS_AT_ONCE = 16;

/** All that a plan needs to know of a branch, read from one snapshot. */
export interface BranchContent {
  models: StoreObject[];
  /** Below `edge/` and `evidence/`, by path. */
  edge: Map<string, StoreObject>;
  /** Published manifests by model name; what they say need not be believed. */
  manifests: Map<string, Manifest>;
  /** Who vouches for each. */
  authors: Map<string, Author>;
  /** `conversion.yaml` in the store, by folder (`model`, `model/<name>`). */
  configs: Map<string, ConfigLayer>;
  /** Why one of them cannot be used, by the same folders. */
  badConfigs: Map<string, Failure>;
}

export async function readBranch(
  snapshot: Snapshot,
  paths: BranchPaths,
  engines: readonly PlanEngine[],
  witnesses: Witnesses,
): Promise<BranchContent> {
  const [models, edgeObjects, evidence] = await Promise.all(
    [paths.model, paths.edge, paths.evidence].map((path) =>
      collect(snapshot.list(`${path}/`)),
    ),
  );

  const edge = new Map(
    [...(edgeObjects ?? []), ...(evidence ?? [])].map((object) => [
      object.path,
      object,
    ]),
  );

  const manifests = new Map<string, Manifest>();
  const authors = new Map<string, Author>();
  const configs = new Map<string, ConfigLayer>();
  const badConfigs = new Map<string, Failure>();
  const manifestPaths = (edgeObjects ?? [])
    .map(({ path }) => path)
    .filter((path) => isManifestPath(path, paths));

  await inBatches(manifestPaths, async (path) => {
    const published = await readPublished(snapshot, path);
    const name = published?.manifest.name ?? "";
    // In another model's place it is a copy, and what lists foreign files was written by hand: neither says anything.
    const places = placesOf(name, paths);
    const isOwn = published?.manifest.files.every((file) =>
      isIn(places, file.path),
    );
    if (!published || places.manifest !== path || !isOwn) return;

    shareStrings(published.manifest.files, edge);
    const isListed = edge.has(attestationPath(path));
    manifests.set(name, published.manifest);
    authors.set(name, await authorOf(snapshot, published, witnesses, isListed));
  });

  const configPaths = (models ?? [])
    .map(({ path }) => path)
    .filter((path) => isConfig(path, paths.model));

  await inBatches(configPaths, async (path) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    try {
      const bytes = await snapshot.read(path, CONFIG_LIMIT);
      if (bytes)
        configs.set(
          folder,
          await readStoreConfig(bytes, path, engines, {
            isOwn: folder !== paths.model,
          }),
        );
    } catch (error) {
      // That of all models ends the run.
      if (folder === paths.model || !(error instanceof UsageError)) throw error;
      badConfigs.set(folder, toFailure(error));
    }
  });

  const listed = models ?? [];

  return { models: listed, edge, manifests, authors, configs, badConfigs };
}

/** `conversion.yaml` beside models, in a store or on this machine. Throws `UsageError` for what is wrong in it, or counts only from Git. */
export async function readStoreConfig(
  bytes: Uint8Array,
  path: string,
  engines: readonly PlanEngine[],
  { isOwn, isHere = false }: { isOwn: boolean; isHere?: boolean },
): Promise<ConfigLayer> {
  const parsed = await parseConversionYaml(
    Buffer.from(bytes).toString("utf8"),
    path,
    engines.map(({ description }) => description.name),
    isOwn ? "one-model" : "all",
  );

  if ("problems" in parsed) {
    const lines = parsed.problems.map(
      ({ file, line, column, message }) =>
        `${file}:${line}:${column} ${message}`,
    );
    throw new UsageError(lines.join("\n"), {
      code: "config",
      hint: isHere
        ? "correct it, and run again"
        : "correct it in the store, commit, and run again",
    });
  }

  const loosened = loosenedBy(
    parsed.config,
    engines.flatMap(({ description: { name }, loosening }) =>
      loosening.map((option) => [name, option] as const),
    ),
  );
  if (loosened.length > 0)
    throw new UsageError(
      `${path} loosens what a model must meet: ${loosened.join(", ")}`,
      {
        code: "config-unreviewed",
        hint: "such settings only count from Git, where they are reviewed: move these keys to the repository's conversion.yaml",
      },
    );

  if (namesCode(parsed.config))
    throw new UsageError(`${path} names a folder with code in the repository`, {
      code: "config-unreviewed",
      hint: "`code:` only counts from Git: move it to the repository's conversion.yaml",
    });

  const names = profileNames(parsed.config);
  const own = names.find(isProfileFile);

  if (own !== undefined)
    throw new UsageError(`${path} names a custom device, ${own}`, {
      code: "config-unreviewed",
      hint: "a custom device only counts from Git, where it is reviewed: name it in the repository's conversion.yaml",
    });

  const templates = templateNames(parsed.config);
  const file = templates.find(isTemplateFile);

  if (file !== undefined)
    throw new UsageError(`${path} names a template of parameters, ${file}`, {
      code: "config-unreviewed",
      hint: "a template of your own only counts from Git, where it is reviewed: name it in the repository's conversion.yaml",
    });

  return {
    file: path,
    config: parsed.config,
    profiles: await policyProfiles(names, ""),
    templates: await policyTemplates(templates, ""),
  };
}

/** A manifest says what the listing says: of ten thousand models each text is held once. */
function shareStrings(
  files: Manifest["files"],
  edge: ReadonlyMap<string, StoreObject>,
): void {
  for (const file of files) {
    const listed = edge.get(file.path);
    if (!listed) continue;

    file.path = listed.path;
    if (file.token === listed.token) file.token = listed.token;
  }
}

function isConfig(path: string, modelPath: string): boolean {
  const parts = path.slice(modelPath.length + 1).split("/");
  return parts.at(-1) === "conversion.yaml" && parts.length <= 2;
}

async function collect(
  objects: AsyncIterable<StoreObject>,
): Promise<StoreObject[]> {
  const all: StoreObject[] = [];
  for await (const object of objects) all.push(object);
  return all;
}

async function inBatches(
  paths: readonly string[],
  work: (path: string) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < paths.length; start += READS_AT_ONCE)
    await Promise.all(paths.slice(start, start + READS_AT_ONCE).map(work));
}
