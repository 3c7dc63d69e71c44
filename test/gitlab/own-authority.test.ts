import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { createClient } from "../../src/gitlab/client.ts";
import { makeNetwork } from "../../src/network/network.ts";
import type {
  GitlabAddress,
  ModelRegistryAddress,
} from "../../src/registry/gitlab/address.ts";
import { packagesError } from "../../src/registry/gitlab/failure.ts";
import { registryError } from "../../src/registry/gitlab/model-registry-failure.ts";
import {
  type Certificates,
  makeCertificates,
} from "../support/certificates.ts";
import { type FakeGitlab, startFakeGitlab } from "../support/fake-gitlab.ts";
import { type Front, passTo, startFront } from "../support/fronts.ts";

const ADDRESS = {
  ...{ project: "1", url: "gitlab:", api: "http://127.0.0.1:6000/api/v4" },
  page: "",
} as unknown as GitlabAddress & ModelRegistryAddress;
const folder = mkdtempSync(join(tmpdir(), "own-authority-"));
let certificates: Certificates;
afterAll(() => rmSync(folder, { recursive: true }));

describe("GitLab behind a company's certificate", () => {
  let gitlab: FakeGitlab;
  let front: Front;
  beforeAll(async () => {
    certificates = makeCertificates(folder);
    gitlab = await startFakeGitlab();
    const { origin } = new URL(gitlab.api);
    front = await startFront(passTo(origin), certificates);
  });
  afterAll(async () => {
    await front?.close();
    await gitlab?.close();
  });

  function userWith(env: Record<string, string>): Promise<number> {
    const { network } = readEnvironment(env);
    const world = {
      fetch: makeNetwork(network).fetch,
      now: () => new Date(),
      signal: new AbortController().signal,
    };
    const path = new URL(gitlab.api).pathname;
    return createClient(world, {
      apiUrl: `https://localhost:${front.port}${path}`,
      token: "glpat-our-secret-token",
      mergeRequest: { projectId: "10", iid: 7 },
    }).userId();
  }

  test("is reached with the authority that the runner knows", async () => {
    const ca = { CI_SERVER_TLS_CA_FILE: certificates.ca };
    expect(await userWith(ca)).toBeGreaterThan(0);
  });

  test("with an unknown authority is no matter of patience", async () => {
    const before = front.connections();
    await expect(userWith({})).rejects.toMatchObject({
      message: expect.stringMatching(/NODE_EXTRA_CA_CERTS/),
      exitCode: 2,
    });
    expect(front.connections() - before).toBe(1);
  });
});

test("a redirect is named with its cure", async () => {
  const front = await startFront((_request, answer) => {
    answer.writeHead(301, { location: "https://gitlab.corp/elsewhere" });
    answer.end();
  });
  const client = createClient(
    { fetch, now: () => new Date(), signal: new AbortController().signal },
    {
      apiUrl: `http://127.0.0.1:${front.port}/api/v4`,
      token: "glpat-our-secret-token",
      mergeRequest: { projectId: "10", iid: 7 },
    },
  );
  await expect(client.userId()).rejects.toThrow(
    /redirect to https:\/\/gitlab\.corp; CI_API_V4_URL/,
  );
  expect(front.calls).toHaveLength(1);
  await front.close();
});

test("a port that fetch blocks is the user's to correct, and no patience helps", async () => {
  const client = createClient(
    { fetch, now: () => new Date(), signal: new AbortController().signal },
    {
      apiUrl: "http://127.0.0.1:6000/api/v4",
      token: "glpat-our-secret-token",
      mergeRequest: { projectId: "10", iid: 7 },
    },
  );
  const error = await client.userId().catch((said) => said);
  expect(error).toMatchObject({ exitCode: 2, code: "gitlab-unreachable" });
  expect(packagesError(error, ADDRESS, "writing FILE")).toMatchObject({
    exitCode: 2,
  });
  expect(registryError(error, ADDRESS, "writing FILE")).toMatchObject({
    exitCode: 2,
  });
});

test.each(["99999", "0", "x"])("port %s of CI_API_V4_URL is none", (port) => {
  const { ci } = readEnvironment({ CI_API_V4_URL: `http://gitlab:${port}/a` });
  expect(ci.apiUrl).toBeNull();
});
