import { ok, type Recorded, refusal } from "./mlflow-answers.ts";

type Data = Record<string, unknown>;
type Tag = { key: string; value: string };

interface StandInVersion {
  version: string;
  source: string;
  description: string;
  tags: Map<string, string>;
}

export interface StandInModel {
  tags: Map<string, string>;
  aliases: Map<string, string>;
  /** The first ones first. */
  versions: StandInVersion[];
  /** Numbers are never given twice, also after one was deleted. */
  next: number;
}

export type StandInModels = Map<string, StandInModel>;

/** MLflow 3.17.2's words. */
const NONE = (name: unknown) =>
  refusal(
    "RESOURCE_DOES_NOT_EXIST",
    `Registered Model with name=${String(name)} not found`,
    404,
  );
const PAGE = 2;

/** The model registry's answers; null for a call of another part. Pages are short, so that clients must ask for more. */
export function modelAnswer(
  models: StandInModels,
  call: string,
  data: Data,
): Recorded | null {
  const [method, path = ""] = call.split(" ");
  const name = String(data.name);
  const model = models.get(name);

  if (path === "registered-models/create") return created(models, name);
  if (path === "registered-models/search")
    return paged("registered_models", [...models].map(shownModel), data);
  if (path === "model-versions/search")
    return paged("model_versions", versionsOf(models, data), data);
  if (!/^(registered-models|model-versions)\//.test(path)) return null;
  if (!model) return NONE(name);

  return changed(model, `${method} ${path}`, data, name);
}

function created(models: StandInModels, name: string): Recorded {
  if (name === "" || /[/:]/.test(name))
    return refusal(
      "INVALID_PARAMETER_VALUE",
      `Invalid name: '${name}'. Registered model name cannot be empty or contain '/' or ':' characters.`,
    );
  if (models.has(name))
    return refusal(
      "RESOURCE_ALREADY_EXISTS",
      `Registered Model (name=${name}) already exists.`,
    );

  models.set(name, {
    ...{ tags: new Map(), aliases: new Map(), versions: [], next: 1 },
  });
  return ok({ registered_model: { name } });
}

function changed(
  model: StandInModel,
  call: string,
  data: Data,
  name: string,
): Recorded {
  const version = model.versions.find((each) => each.version === data.version);
  const key = String(data.key);

  switch (call) {
    case "GET registered-models/get":
      return ok({ registered_model: shownModel([name, model]) });
    case "POST registered-models/set-tag":
      model.tags.set(key, String(data.value));
      return ok({});
    case "POST registered-models/alias":
      return aliased(model, data);
    case "POST model-versions/create":
      return added(model, data, name);
    case "POST model-versions/set-tag":
      version?.tags.set(key, String(data.value));
      return version ? ok({}) : NONE(name);
    case "GET model-versions/get":
      return version
        ? ok({ model_version: shownVersion(name, version) })
        : NONE(name);
    case "DELETE model-versions/delete":
      model.versions = model.versions.filter((each) => each !== version);
      return version ? ok({}) : NONE(name);
    default:
      return refusal("ENDPOINT_NOT_FOUND", call, 404);
  }
}

function aliased({ aliases, versions }: StandInModel, data: Data): Recorded {
  const alias = String(data.alias);
  if (alias === "latest" || /^v\d+$/i.test(alias))
    return refusal(
      "INVALID_PARAMETER_VALUE",
      `${alias} alias name is reserved.`,
    );
  if (!versions.some(({ version }) => version === data.version))
    return NONE(data.name);

  aliases.set(alias, String(data.version));
  return ok({});
}

function added(model: StandInModel, data: Data, name: string): Recorded {
  const version = {
    version: String(model.next++),
    source: String(data.source),
    description: String(data.description ?? ""),
    tags: new Map((data.tags as Tag[]).map(({ key, value }) => [key, value])),
  };
  model.versions.push(version);

  return ok({ model_version: shownVersion(name, version) });
}

/** The newest first, as MLflow lists them. */
function versionsOf(models: StandInModels, { filter }: Data): Data[] {
  const [, name = ""] = /^name='(.*)'$/.exec(String(filter)) ?? [];
  const versions = models.get(name)?.versions ?? [];

  return versions.map((each) => shownVersion(name, each)).reverse();
}

function paged(key: string, all: Data[], { page_token }: Data): Recorded {
  const from = Number(page_token ?? 0);
  const to = from + PAGE;

  return ok({
    [key]: all.slice(from, to),
    ...(to < all.length ? { next_page_token: String(to) } : {}),
  });
}

function shownModel([name, { tags, aliases }]: [string, StandInModel]): Data {
  return {
    ...{ name, tags: shownTags(tags) },
    aliases: [...aliases].map(([alias, version]) => ({ alias, version })),
  };
}

function shownVersion(name: string, { version, source, tags }: StandInVersion) {
  return { name, version, source, tags: shownTags(tags) };
}

function shownTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}
