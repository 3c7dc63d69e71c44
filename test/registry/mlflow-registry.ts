import { createHash } from "node:crypto";
import { mlflowClient } from "../../src/registry/mlflow/client.ts";
import { mlflowTarget } from "../../src/registry/mlflow/target.ts";
import type { ModelKey } from "../../src/registry/release.ts";
import type { RegistryTarget } from "../../src/registry/target.ts";
import type { Killed, PlantedAt, RegistryHere } from "./conformance.ts";
import type { HarmedRegistry } from "./restore-conformance.ts";

const QUICK = {
  ...{ attempts: 3, pauseMs: 5, longestPauseMs: 20 },
  ...{ requestMs: 10_000, transferMs: 30_000 },
};

/** MLflow at an address, as a registry. */
export function mlflowTargetAt(
  base: string,
  own: typeof fetch = fetch,
): RegistryTarget {
  const address = { base, authorization: null };
  const client = (signal: AbortSignal) =>
    mlflowClient({ fetch: own, signal }, address, QUICK);
  const { signal } = new AbortController();
  const server = { client: client(signal), closing: client };

  return mlflowTarget(server, () => new Date());
}

/** As docs/registry.md says. */
export const MLFLOW_KIND = { ownPlaces: true, lastAliasCounts: true };

/** For the conformance suite. What MLflow shows of a version is asked of its own API, not of ours. */
export function mlflowRegistry(base: string): RegistryHere {
  return {
    target: mlflowTargetAt(base),
    dying: (killed) => {
      const { calls, guarded } = dyingFetch(killed);
      return { target: mlflowTargetAt(base, guarded), calls };
    },
    files: (model, version) => filesOf(base, model, version),
    plant: () => Promise.reject(new Error("no promotion writes there twice")),
  };
}

/** The same, and what a person does to its artifacts by MLflow's own API. */
export function harmedMlflow(base: string): HarmedRegistry {
  const { target, files } = mlflowRegistry(base);
  const change = async (
    method: string,
    { model, version, name }: PlantedAt,
    body: Buffer | null = null,
  ) => {
    const source = await sourceOf(base, model.name, version);
    const path = String(source).replace(/^mlflow-artifacts:\/+/, "");
    const url = `${base}/api/2.0/mlflow-artifacts/artifacts/${path}/${name}`;
    const answer = await fetch(url, { method, body });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`);
  };

  return {
    ...{ target, files },
    remove: (at) => change("DELETE", at),
    replace: (at, bytes) => change("PUT", at, bytes),
  };
}

async function filesOf(base: string, { name }: ModelKey, version: string) {
  const found = new Map<string, string[]>();
  const source = await sourceOf(base, name, version);
  if (source === null) return found;

  const root = `${base}/api/2.0/mlflow-artifacts/artifacts`;
  const path = source.replace(/^mlflow-artifacts:\/+/, "");
  const release = await fetch(`${root}/${path}/release.json`);
  if (!release.ok) return found;
  const { files } = (await release.json()) as { files: { name: string }[] };
  const names = [...files.map((file) => file.name), "release.json"];

  for (const file of names) {
    const answer = await fetch(`${root}/${path}/${file}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (answer.ok) found.set(file, [sha256]);
  }

  return found;
}

/** Where the first version with this tag lies; null where none has it. */
async function sourceOf(base: string, name: string, version: string) {
  const url = new URL(`${base}/api/2.0/mlflow/model-versions/search`);
  let first: { version: number; source: string } | null = null;
  for (let token = "0"; token; ) {
    url.searchParams.set("filter", `name='${name}'`);
    if (token !== "0") url.searchParams.set("page_token", token);
    const answer = (await (await fetch(url)).json()) as Page;
    for (const each of answer.model_versions ?? []) {
      const isIt = each.tags?.some(
        ({ key, value }) => key === "edge.release" && value === version,
      );
      const number = Number(each.version);
      if (isIt && (!first || number < first.version))
        first = { version: number, source: each.source };
    }
    token = answer.next_page_token ?? "";
  }

  return first?.source ?? null;
}

interface Page {
  next_page_token?: string;
  model_versions?: {
    version: string;
    source: string;
    tags?: { key: string; value: string }[];
  }[];
}

/** As of a killed process: nothing that comes after has an effect. */
function dyingFetch({ at, effect }: Killed) {
  let calls = 0;
  const guarded: typeof fetch = async (input, init) => {
    calls += 1;
    // An error of ours is not tried again.
    const killed = new TypeError("killed");
    if (calls > at || (calls === at && effect === "before")) throw killed;
    const response = await fetch(input, init);
    if (calls === at) throw killed;
    return response;
  };

  return { guarded, calls: () => calls };
}
