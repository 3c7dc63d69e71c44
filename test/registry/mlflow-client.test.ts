import {
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryUsage } from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { hashFile } from "../../src/disk/hash-file.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { makeNetwork } from "../../src/network/network.ts";
import { mlflowAddress } from "../../src/registry/mlflow/address.ts";
import { artifactPath } from "../../src/registry/mlflow/artifact-path.ts";
import { mlflowClient } from "../../src/registry/mlflow/client.ts";
import { tagsOf } from "../../src/registry/mlflow/names.ts";
import {
  endRun,
  logArtifact,
  logMetrics,
  startRun,
} from "../../src/registry/mlflow/run.ts";
import { type Recorded, refusal } from "../support/mlflow-answers.ts";
import {
  mlflowStandIn,
  RECORDED,
  type StandInOptions,
} from "../support/mlflow-stand-in.ts";

const NEW = {
  ...{ experiment: "conversion-experiment", name: "detector", started: 1 },
  tags: { "edge.verdict": "pass" },
};
const PATIENCE = {
  ...{ attempts: 3, pauseMs: 1, longestPauseMs: 2 },
  ...{ requestMs: 20_000, transferMs: 30_000 },
};

async function setUp(options: StandInOptions = {}, patience = PATIENCE) {
  const server = await mlflowStandIn(options);
  const { signal } = new AbortController();
  const address = { base: server.url, authorization: null };
  const network = makeNetwork(readEnvironment({}).network);
  const world = { fetch: network.fetch, signal };
  const client = mlflowClient(world, address, patience);
  const runs = () => [...server.runs].filter(([id]) => id !== "made");

  return { server, client, runs };
}

describe("MLflow's answers", () => {
  it.each<[string, Recorded | "hang", string, RegExp]>([
    ["a foreign host", RECORDED.hostHeader, "mlflow-refused", /allowed-hosts/],
    ["another server", RECORDED.notFound, "mlflow-refused", /a page \(HTML\)/],
    ["no login", RECORDED.unauthorized, "mlflow-refused", /_TRACKING_TOKEN/],
    ["a login page", RECORDED.login, "mlflow-refused", /login page/],
    ["a refusal", RECORDED.changedParameter, "mlflow-refused", /param values/],
    [
      "an overload",
      { status: 503, body: "busy", type: "text/plain" },
      ...(["mlflow-unreachable", /503 busy/] as const),
    ],
    ["no answer", "hang", "mlflow-unreachable", /no answer within 0\.3 s/],
  ])("%s is an error for people", async (_, fault, code, says) => {
    const requestMs = fault === "hang" ? 300 : PATIENCE.requestMs;
    const patience = { ...PATIENCE, requestMs };
    const { client } = await setUp({ instead: () => fault }, patience);

    const error = await startRun(client, NEW).catch((thrown) => thrown);

    expect(error).toMatchObject({
      ...{ code, exitCode: code === "mlflow-refused" ? 2 : 3 },
    });
    expect(`${error.message} ${error.hint}`).toMatch(says);
  });

  it("nobody there is out of reach, after several tries", async () => {
    const { signal } = new AbortController();
    const base = "http://127.0.0.1:65533";
    const address = { base, authorization: null };
    const client = mlflowClient({ fetch, signal }, address, PATIENCE);

    await expect(startRun(client, NEW)).rejects.toMatchObject({
      code: "mlflow-unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("a run whose answer was lost is found again, not made twice", async () => {
    let lost = 0;
    const { client, runs } = await setUp({
      instead: (call) =>
        call === "POST runs/create" && lost++ === 0 ? "drop" : null,
    });

    const run = await startRun(client, NEW);

    expect(runs().map(([id]) => id)).toEqual([run.id]);
  });

  it("an experiment that another job makes at once is taken", async () => {
    let asked = 0;
    const missing = refusal("RESOURCE_DOES_NOT_EXIST", "none", 404);
    const taken = refusal("RESOURCE_ALREADY_EXISTS", "there");
    const { server, client, runs } = await setUp({
      instead: (call) => {
        if (call === "POST experiments/create") return taken;
        return call.startsWith("GET") && asked++ === 0 ? missing : null;
      },
    });
    server.runs.set("made", NOBODY);

    await startRun(client, NEW);

    expect(runs()).toHaveLength(1);
  });

  it("a status that MLflow ignored is an error", async () => {
    const ignored = {
      ...{ status: 200, body: '{"run_info":{"status":"RUNNING"}}' },
    };
    const { client } = await setUp({
      instead: (call) => (call === "POST runs/update" ? ignored : null),
    });
    const run = await startRun(client, NEW);

    await expect(endRun(client, run, "FAILED", 2)).rejects.toMatchObject({
      code: "mlflow-refused",
      message: expect.stringContaining("the status is RUNNING, not FAILED"),
    });
  });

  it("numbers that are none go as words", async () => {
    const { client, runs } = await setUp();
    const run = await startRun(client, NEW);

    const metrics = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 0.5 };
    await logMetrics(client, run, metrics, 2);

    expect(runs()[0]?.[1].metrics).toEqual({ a: "NaN", b: "Infinity", c: 0.5 });
  });

  it("a file of 300 MB is streamed, with its length", async () => {
    const { server, client, runs } = await setUp();
    const run = await startRun(client, NEW);
    const folder = mkdtempSync(join(tmpdir(), "mlflow-artifact-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "weights.bin");
    writeFileSync(file, "begin");
    truncateSync(file, 300 << 20);
    const { size } = statSync(file);

    const before = memoryUsage.rss();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, memoryUsage.rss());
    }, 10);
    await logArtifact(client, run.root ?? "", "weights.bin", { file, size });
    clearInterval(timer);

    // Of both sides, as the stand-in lives in this process, too.
    expect((peak - before) / 2 ** 20).toBeLessThan(150);

    const sha256 = await hashFile(file);
    expect(runs()[0]?.[1].files["weights.bin"]).toEqual({ sha256, size });
    const { headers } = server.calls.at(-1) ?? {};
    expect(headers?.["content-length"]).toBe(String(size));
  });
});

const NOBODY = { name: "", status: "", tags: {}, metrics: {}, files: {} };

describe("names in MLflow", () => {
  it.each(["../x", "a/../../x", "%2e%2e/x", "a#b", "a?b", "a//b", "a\\b", ""])(
    "an artifact %j is refused before it is sent",
    (name) => {
      expect(() => artifactPath("1/run/artifacts", name)).toThrow(
        expect.objectContaining({ code: "mlflow-name" }),
      );
    },
  );

  it("names with spaces and umlauts are kept", async () => {
    const { client, runs } = await setUp();
    const { root } = await startRun(client, NEW);

    const bytes = Buffer.from("x");
    await logArtifact(client, root ?? "", "größe 1/a b.json", { bytes });

    expect(Object.keys(runs()[0]?.[1].files ?? {})).toEqual([
      "größe 1/a b.json",
    ]);
  });

  it("a long tag is cut, and says so; an empty one is left out", () => {
    const tags = tagsOf({ long: "x".repeat(9000), none: null, empty: "" });

    expect(tags.map(({ key }) => key)).toEqual(["long"]);
    expect(tags[0]?.value).toHaveLength(8000);
    expect(tags[0]?.value).toMatch(/x … \(cut: MLflow keeps 8000/);
  });
});

it("a port that fetch blocks is the user's to correct, and no patience helps", async () => {
  const { signal } = new AbortController();
  const address = { base: "http://127.0.0.1:6000", authorization: null };
  const client = mlflowClient({ fetch, signal }, address, {
    ...{ ...PATIENCE, attempts: 3, pauseMs: 60_000, longestPauseMs: 60_000 },
  });
  await expect(startRun(client, NEW)).rejects.toMatchObject({
    ...{ code: "mlflow-unreachable", exitCode: 2 },
  });
});

describe("MLflow's variables", () => {
  const address = (variables: Record<string, string>) =>
    mlflowAddress(readEnvironment(variables));

  it("name the server and who asks, without a login in the address", () => {
    expect(address({})).toBeNull();
    expect(
      address({ MLFLOW_TRACKING_URI: "https://me:geheim@mlflow.corp/sub/" }),
    ).toEqual({
      base: "https://mlflow.corp/sub",
      authorization: `Basic ${Buffer.from("me:geheim").toString("base64")}`,
    });
    expect(
      address({
        MLFLOW_TRACKING_URI: "http://127.0.0.1:5000",
        MLFLOW_TRACKING_TOKEN: "word",
      }),
    ).toMatchObject({ authorization: "Bearer word" });
  });

  it.each(["sqlite:///mlruns.db", "databricks", "./mlruns", "file:///m"])(
    "%s has no REST API",
    (uri) => {
      expect(() => address({ MLFLOW_TRACKING_URI: uri })).toThrow(
        expect.objectContaining({ code: "mlflow-address", exitCode: 2 }),
      );
    },
  );
});
