import { isMisnamed, misnamed } from "../config/config-name.ts";
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
import type { Snapshot, StoreObject } from "../store/store.ts";
import type { PlanEngine } from "./choose-engine.ts";

/** Bytes; it is written by hand. */
const CONFIG_LIMIT = 256 << 10;
const READS_AT_ONCE = 16;

/** What people put into a branch, read from one snapshot. */
export interface BranchContent {
  models: StoreObject[];
  /** `conversion.yaml` in the store, by folder (`model`, `model/<name>`). */
  configs: Map<string, ConfigLayer>;
  /** Why one of them cannot be used, by the same folders. */
  badConfigs: Map<string, Failure>;
}

export async function readBranch(
  snapshot: Snapshot,
  modelPath: string,
  engines: readonly PlanEngine[],
): Promise<BranchContent> {
  const models = await collect(snapshot.list(`${modelPath}/`));
  const configs = new Map<string, ConfigLayer>();
  const badConfigs = new Map<string, Failure>();

  const placed = models
    .map(({ path }) => path)
    .filter((path) => isConfigPlace(path, modelPath));
  const configPaths = placed.filter(
    (path) => nameOf(path) === "conversion.yaml",
  );
  const places = new Set(configPaths.map(folderOf));
  const misnamedPaths = placed.filter(
    (path) => isMisnamed(nameOf(path)) && !places.has(folderOf(path)),
  );

  await inBatches([...configPaths, ...misnamedPaths], async (path) => {
    const folder = folderOf(path);
    try {
      if (isMisnamed(nameOf(path))) throw misnamed(path);
      const bytes = await snapshot.read(path, CONFIG_LIMIT);
      if (bytes)
        configs.set(
          folder,
          await readStoreConfig(bytes, path, engines, {
            isOwn: folder !== modelPath,
          }),
        );
    } catch (error) {
      // That of all models ends the run.
      if (folder === modelPath || !(error instanceof UsageError)) throw error;
      badConfigs.set(folder, toFailure(error));
    }
  });

  return { models, configs, badConfigs };
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

/** Directly in the folder of all models, or of one. */
function isConfigPlace(path: string, modelPath: string): boolean {
  return path.slice(modelPath.length + 1).split("/").length <= 2;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
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
