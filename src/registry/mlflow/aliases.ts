import { objectIn } from "../../document/json-object.ts";
import { UsageError } from "../../errors.ts";
import type { Alias } from "../target.ts";
import type { MlflowClient } from "./client.ts";
import { promotedVersions, tagsIn } from "./versions.ts";

/** Tag of a registered model: what an alias named before, which MLflow does not keep. */
const TAG = "edge.alias.";
/** MLflow's own word for the highest number; ours is the highest release, and lives in the tag alone. */
const OWN = "latest";

interface Known {
  /** Number of the version that MLflow's alias names. */
  aliases: Map<string, number>;
  tags: Map<string, string>;
}

export async function aliasNames(
  client: MlflowClient,
  name: string,
): Promise<string[]> {
  const { aliases, tags } = await known(client, name);
  const own = tags.has(TAG + OWN) ? [OWN] : [];

  return [...aliases.keys(), ...own].sort();
}

/** What MLflow's alias names counts, whoever set it; the tag has what it named before. */
export async function readAlias(
  client: MlflowClient,
  name: string,
  alias: string,
): Promise<Alias | null> {
  const { aliases, tags } = await known(client, name);
  const kept = aliasIn(tags.get(TAG + alias));
  if (alias === OWN) return kept;

  const number = aliases.get(alias);
  if (number === undefined) return null;

  const versions = await promotedVersions(client, name);
  const release = versions.find((each) => each.number === number)?.release;
  if (release === undefined)
    throw new UsageError(
      `${client.base}: the alias ${alias} of ${name} names version ${number}, which no promotion wrote`,
      {
        code: "release-damaged",
        hint: "choose another alias with `--alias`, or remove it in MLflow",
      },
    );
  if (!kept || kept.release === release) return kept ?? { release, before: [] };

  const before = [kept.release, ...kept.before];
  return { release, before: before.filter((each) => each !== release) };
}

/** Not atomic: MLflow compares nothing. False where it was changed before this call. */
export async function writeAlias(
  client: MlflowClient,
  { name, alias }: { name: string; alias: string },
  { was, is }: { was: Alias | null; is: Alias },
): Promise<boolean> {
  if (/^v\d+$/i.test(alias))
    throw new UsageError(`MLflow keeps the alias ${alias} for itself`, {
      code: "mlflow-name",
      hint: "choose another one with `--alias`, such as edge",
    });

  const now = await readAlias(client, name, alias);
  if (JSON.stringify(now) !== JSON.stringify(was)) return false;

  const what = `setting the alias ${alias} of ${name}`;
  const versions = await promotedVersions(client, name);
  const version = versions.find((each) => each.release === is.release);
  if (alias !== OWN && version)
    await client.call({
      ...{ method: "POST", path: "registered-models/alias", what },
      data: { name, alias, version: String(version.number) },
    });
  await client.call({
    ...{ method: "POST", path: "registered-models/set-tag", what },
    data: { name, key: TAG + alias, value: JSON.stringify(is) },
  });

  return true;
}

async function known(client: MlflowClient, name: string): Promise<Known> {
  const answer = await client.call({
    ...{ method: "GET", path: "registered-models/get", data: { name } },
    what: `reading the model ${name}`,
    foreseen: ["RESOURCE_DOES_NOT_EXIST"],
  });
  const model = (answer?.registered_model ?? {}) as Record<string, unknown>;
  const aliases = Array.isArray(model.aliases) ? model.aliases : [];

  return {
    tags: tagsIn(model.tags),
    aliases: new Map(
      aliases.map(({ alias, version }) => [String(alias), Number(version)]),
    ),
  };
}

function aliasIn(text: string | undefined): Alias | null {
  const { release, before } = objectIn(text ?? "") ?? {};
  if (typeof release !== "string") return null;

  return { release, before: Array.isArray(before) ? before.map(String) : [] };
}
