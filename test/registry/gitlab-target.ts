import { readEnvironment } from "../../src/environment/environment.ts";
import { gitlabAddress } from "../../src/registry/gitlab/address.ts";
import { modelRegistry } from "../../src/registry/gitlab/model-registry.ts";
import { gitlabPackages } from "../../src/registry/gitlab/packages.ts";
import { gitlabTarget } from "../../src/registry/gitlab/target.ts";
import type { RegistryTarget } from "../../src/registry/target.ts";
import {
  type FakePackages,
  PACKAGE_JOB_TOKEN,
} from "../support/fake-packages.ts";

const QUICK = {
  ...{ attempts: 8, pauseMs: 5, longestPauseMs: 50 },
  ...{ requestMs: 5000, totalMs: 20_000 },
};

/** The registry of the project 10, as a job of it reaches it, unless the variables say otherwise. */
export function gitlabTargetOf(
  { api }: Pick<FakePackages, "api">,
  options: {
    fetch?: typeof fetch;
    url?: string;
    variables?: Record<string, string>;
  } = {},
): RegistryTarget {
  const environment = readEnvironment({
    ...{ CI_API_V4_URL: api, CI_PROJECT_ID: "10" },
    CI_JOB_TOKEN: PACKAGE_JOB_TOKEN,
    ...options.variables,
  });
  const url = options.url ?? "gitlab:";
  const address = gitlabAddress(environment, url, "MODEL_TO_EDGE_TOKEN");
  if (!address) throw new Error(`${url} names no registry`);
  const { signal } = new AbortController();
  const world = { fetch, now: () => new Date(), signal, ...options };
  const token = environment.named("MODEL_TO_EDGE_TOKEN");

  return gitlabTarget(
    gitlabPackages(world, address, QUICK),
    token === null ? null : modelRegistry(world, { ...address, token }, QUICK),
  );
}
