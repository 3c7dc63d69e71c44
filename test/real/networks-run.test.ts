import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import {
  hasTinyproxy,
  startTinyproxy,
  type Tinyproxy,
} from "../support/tinyproxy.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { DataBranch } from "./data-branch.ts";

const parts = hasTinyproxy() ? await realLakefs() : null;

// The program as it is shipped: bundled, its parts loaded when a setting asks for them.
describe.skipIf(!parts)("the command line in a company's network", () => {
  const cwd = mkdtempSync(join(tmpdir(), "networks-run-"));
  let server: LakefsServer;
  let proxy: Tinyproxy;
  let store: string;
  beforeAll(async () => {
    if (!parts) return;
    server = await startLakefs(parts);
    proxy = await startTinyproxy(cwd, 443);
    const repository = await server.repository();
    store = `lakefs://${repository}`;
    await new DataBranch(server, repository, "main").commit({
      "model/det/model.json": '{"channels":4}',
      "model/det/toy.weights": GOOD_WEIGHTS,
    });
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  const call = (words: string[], env: Record<string, string>) =>
    commandLine([...words, "--store", store], {
      cwd,
      env: { ...server.env, ...env },
    });

  it("runs and publishes through a proxy, and doctor asks both ways through it", async () => {
    const env = { HTTP_PROXY: proxy.url };
    const words = ["run", "--model-branch", "main", "--isolation", "none"];
    const run = await call(words, env);
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(proxy.seen().some((line) => line.startsWith("PUT "))).toBe(true);
    proxy.forget();
    expect((await call(["doctor"], env)).stdout).toMatch(/ok +store:/);
    const asked = proxy.seen();
    expect(asked.some((line) => line.includes("/api/v1/"))).toBe(true);
    expect(asked.some((line) => !line.includes("/api/v1/"))).toBe(true);
  });

  it("says at once that a file of certificates is missing", async () => {
    const run = await call(["run", "--model-branch", "main"], {
      HTTP_PROXY: proxy.url,
      MODEL_TO_EDGE_CA_FILE: join(cwd, "none.pem"),
    });
    expect(run.code).toBe(2);
    expect(run.stdout).toContain("MODEL_TO_EDGE_CA_FILE names");
    expect(run.stdout).not.toContain("trying again");
  });
});
