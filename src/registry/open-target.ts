import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { makeNetwork } from "../network/network.ts";
import { steadyNow } from "../steady-clock.ts";
import { folderPlace } from "./folder-place.ts";
import type { GitlabAddress } from "./gitlab/address.ts";
import type { ModelRegistry } from "./gitlab/model-registry.ts";
import { objectTarget } from "./object-target.ts";
import type { RegistryTarget } from "./target.ts";

type World = Pick<Context, "environment" | "signal">;

/** Each kind of registry, by the scheme of its URL; loaded when it is used. */
const KINDS: Readonly<
  Record<
    string,
    (
      world: World,
      url: string,
      tokenVariable: string,
    ) => Promise<RegistryTarget>
  >
> = {
  "file:": openFolder,
  "gitlab:": openGitlab,
  "mlflow:": openMlflow,
  "s3:": openBucket,
};

const FORMS =
  "s3://BUCKET/PREFIX, file:///FOLDER, gitlab:, gitlab:GROUP/PROJECT, or mlflow:";

/** Opens a registry by its URL. `tokenVariable` names the variable with GitLab's token. Throws `UsageError` for one that is none. */
export async function openTarget(
  world: World,
  url: string,
  tokenVariable: string,
): Promise<RegistryTarget> {
  const scheme = /^[a-z0-9]+:/.exec(url)?.[0] ?? "";
  const open = KINDS[scheme];
  if (!open) throw unknown(url);

  return open(world, url, tokenVariable);
}

async function openFolder(
  { signal }: World,
  url: string,
): Promise<RegistryTarget> {
  return objectTarget(folderPlace(url, folderOf(url), signal));
}

/** As a store in a folder is named: nothing of the URL is left out. */
function folderOf(url: string): string {
  if (!URL.canParse(url)) throw unknown(url);

  const { host, search, hash } = new URL(url);
  if (host !== "") throw unknown(url);
  if (search !== "" || hash !== "")
    throw unknown(url, "write # as %23 and ? as %3F");

  try {
    const folder = fileURLToPath(url);
    if (isAbsolute(folder)) return folder;
  } catch {
    throw unknown(url, "write % as %25, and no / as %2F");
  }
  throw unknown(url);
}

async function openBucket(
  { environment, signal }: World,
  url: string,
): Promise<RegistryTarget> {
  const [, bucket, prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/.exec(url) ?? [];
  if (!bucket) throw unknown(url);

  const { s3Address, s3Connection } = await import("../store/s3/connection.ts");
  const { s3Place } = await import("./s3-place.ts");
  const address = s3Address(environment);
  const client = await s3Connection(address, makeNetwork(environment.network));
  const below = prefix.replace(/\/+$/, "");

  return objectTarget(
    s3Place({
      ...{ client, url, bucket, signal, endpoint: address.shown },
      prefix: below && `${below}/`,
    }),
  );
}

/** The package registry of this project, or of another one of the same GitLab. */
async function openGitlab(
  { environment, signal }: World,
  url: string,
  tokenVariable: string,
): Promise<RegistryTarget> {
  const { gitlabAddress } = await import("./gitlab/address.ts");
  const address = gitlabAddress(environment, url, tokenVariable);
  if (!address) throw unknown(url);

  const { gitlabPackages } = await import("./gitlab/packages.ts");
  const { gitlabTarget } = await import("./gitlab/target.ts");
  const { fetch } = makeNetwork(environment.network);
  const world = { fetch, now: steadyNow, signal };
  const token = environment.named(tokenVariable);

  return gitlabTarget(
    gitlabPackages(world, address),
    token === null ? null : await modelPages(world, address, token),
  );
}

/** GitLab's model registry takes no job token. */
async function modelPages(
  world: Pick<Context, "fetch" | "now" | "signal">,
  address: GitlabAddress,
  token: string,
): Promise<ModelRegistry> {
  const { modelRegistry } = await import("./gitlab/model-registry.ts");
  return modelRegistry(world, { ...address, token });
}

/** The server is the one of MLflow's own variables. */
async function openMlflow(
  { environment, signal }: World,
  url: string,
): Promise<RegistryTarget> {
  if (url !== "mlflow:") throw unknown(url);

  const { mlflowAddress } = await import("./mlflow/address.ts");
  const { mlflowServer } = await import("./mlflow/client.ts");
  const { mlflowTarget } = await import("./mlflow/target.ts");
  const address = mlflowAddress(environment);
  if (!address)
    throw new UsageError("MLFLOW_TRACKING_URI is not set", {
      code: "mlflow-address",
      hint: "set it to the address of the MLflow server",
    });

  const { fetch } = makeNetwork(environment.network);
  return mlflowTarget(mlflowServer({ fetch, signal }, address), steadyNow);
}

function unknown(url: string, hint = `write ${FORMS}`): UsageError {
  return new UsageError(`${JSON.stringify(url)} names no registry`, {
    code: "registry-unknown",
    hint,
  });
}
