import { createHash } from "node:crypto";
import { GitlabError } from "../../gitlab/gitlab-error.ts";
import { type GitlabPatience, PATIENCE } from "../../gitlab/patience.ts";
import { retried } from "../../retry.ts";
import type { ObjectSource } from "../object-place.ts";
import type { ModelRegistryAddress } from "./address.ts";
import { askMlflow, MISSING, type MlflowAnswer } from "./mlflow-call.ts";
import { registryError } from "./model-registry-failure.ts";
import { exchange, heard, uploadInit, type World } from "./transfer.ts";

/** A version on GitLab's pages. */
export interface ShownVersion {
  /** GitLab's own number, by which its files are addressed. */
  id: string;
  description: string;
  /** Its page; null where GitLab names none. */
  link: string | null;
}

/**
 * GitLab's model registry: its MLflow calls for models and versions, its own for files, as documented. Each call throws
 * `UsageError` (refused) or `ExternalError` (out of reach).
 */
export interface ModelRegistry {
  readonly address: ModelRegistryAddress;
  /** "off" where the project has no model registry, or does not show it to this token. */
  version(name: string, version: string): Promise<ShownVersion | null | "off">;
  /** Does nothing where GitLab says that the name is taken, be it by such a model. False where the token may not write. */
  createModel(name: string): Promise<boolean>;
  /** Null where it is there already. */
  createVersion(
    name: string,
    version: string,
    description: string,
  ): Promise<ShownVersion | null>;
  /** sha256 (64 hex) of a file's bytes as a download gives them; null where there is none. */
  sha256(id: string, file: string): Promise<string | null>;
  /** GitLab does not look whether a file of that name is there. */
  upload(id: string, file: string, source: ObjectSource): Promise<void>;
}

/** For one file, in milliseconds. */
const TRANSFER_MS = 900_000;
/** Another one was first, or GitLab takes no such value: GitLab has one answer for both. */
const TAKEN = 400;

export function modelRegistry(
  world: World,
  address: ModelRegistryAddress,
  patience: GitlabPatience = PATIENCE,
): ModelRegistry {
  const told = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await retried(work, {
        policy: { attempts: 4, ...patience },
        signal: world.signal,
        judge: (error) => (error instanceof GitlabError ? error.again : null),
      });
    } catch (error) {
      throw registryError(error, address, what);
    }
  };
  const ask = (path: string, body?: object) =>
    askMlflow(world, { address, path, limitMs: patience.requestMs }, body);

  return {
    address,
    version: (name, version) =>
      told(`looking for ${name} ${version}`, async () => {
        const query = new URLSearchParams({ name, version });
        const answer = await ask(`model-versions/get?${query}`);
        if (answer.status === 404)
          return answer.word === MISSING ? null : "off";
        return versionIn(answer);
      }),
    createModel: (name) =>
      told(`making the model ${name}`, async () => {
        const answer = await ask("registered-models/create", { name });
        if (answer.status === 401 || answer.status === 403) return false;
        if (answer.status !== TAKEN) expectDone(answer);
        return true;
      }),
    createVersion: (name, version, description) =>
      told(`making ${name} ${version}`, async () => {
        const tags = [{ key: "gitlab.version", value: version }];
        const wanted = { name, description, tags };
        const answer = await ask("model-versions/create", wanted);
        return answer.status === TAKEN ? null : versionIn(answer);
      }),
    sha256: (id, file) =>
      told(`reading ${file}`, () => hashOf(world, transfer(address, id, file))),
    upload: (id, file, source) => {
      const call = transfer(address, id, file);
      let round = 0;

      return told(`writing ${file}`, async () => {
        // The answer may have been lost.
        const isThere =
          ++round > 1 && (await hashOf(world, call)) === source.sha256;
        if (!isThere) await putFile(world, address, call, source);
      });
    },
  };
}

/** As GitLab's own pages do it: the bytes are the body. */
async function putFile(
  world: World,
  { token }: ModelRegistryAddress,
  call: ReturnType<typeof transfer>,
  source: ObjectSource,
): Promise<void> {
  const bearer = { header: "authorization", text: `Bearer ${token}` };
  const init = uploadInit(source, bearer);
  const put = { ...call, init, name: `PUT ${call.name}` };
  const response = await exchange(world, put);
  await heard(world, put, () => response.text());
}

function expectDone({ status, name, says }: MlflowAnswer): void {
  if (status !== 200) throw new GitlabError(status, name, says);
}

function versionIn(answer: MlflowAnswer): ShownVersion {
  expectDone(answer);
  const { version, description, source } = (answer.body?.model_version ??
    {}) as Record<string, unknown>;
  if (!/^\d+$/.test(String(version)))
    throw new GitlabError(200, answer.name, "an answer that names no version");

  return {
    id: String(version),
    description: String(description ?? ""),
    link: /^https?:\/\//.test(String(source)) ? String(source) : null,
  };
}

async function hashOf(
  world: World,
  { name, ...call }: ReturnType<typeof transfer>,
): Promise<string | null> {
  const named = { ...call, name: `GET ${name}` };

  try {
    const { body } = await exchange(world, named);
    const hash = createHash("sha256");
    await heard(world, named, async () => {
      for await (const chunk of body ?? []) hash.update(chunk);
    });
    return hash.digest("hex");
  } catch (error) {
    if (error instanceof GitlabError && error.status === 404) return null;
    throw error;
  }
}

function transfer(
  { api, project, token }: ModelRegistryAddress,
  id: string,
  file: string,
) {
  const folders = file.split("/").map(encodeURIComponent).join("/");
  const path = `projects/${encodeURIComponent(project)}/packages/ml_models/${id}/files/${folders}`;

  return {
    ...{ name: path, url: new URL(`${api}/${path}`) },
    init: { headers: { authorization: `Bearer ${token}` } },
    limitMs: TRANSFER_MS,
  };
}
