import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Promotion } from "../../src/registry/promotion.ts";
import { commandLine } from "../support/command-line.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { hasS3, type S3Server, startS3 } from "../support/s3-servers.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";
import { s3Files } from "./s3-files.ts";

const parts = await realLakefs();
const FOLDER = "models/CenterPoint/t4base/";

/** As AWML's page has it: docs/design/architecture_s3.md. Ours lie beside them. */
const AWMLS = ["epoch_20.pth", "config.py", "log.log"];
const BESIDE = [
  ...["README.md", "README.txt", "contract.json", "deploy.json"],
  ...["golden.safetensors", "label.txt", "manifest.json", "model.json"],
  ...["release.json", "toy.weights", "verdict.json"],
];

describe.skipIf(!parts || !hasS3("moto"))("the versions of a model", () => {
  const lakefs = useLakefs(parts);
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-story-"));
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3("moto");
  });
  afterAll(async () => {
    await s3?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  it("from lakeFS to S3: new weights, a class more, the same again, and a hot fix of an older product", {
    timeout: 600_000,
  }, async () => {
    const { server } = lakefs;
    const repository = await server.repository();
    const bucket = await s3.bucket();
    const main = new DataBranch(server, repository, "main");
    const store = ["--store", `lakefs://${repository}`];
    const registry = `s3://${bucket}/autoware-ml`;
    const run = async (args: string[]) => {
      const env = { ...server.env, ...s3.env };
      const done = await commandLine([...args, ...store], { cwd, env });
      expect(done.code, done.stdout + done.stderr).toBe(0);
    };
    const push = async (classes: string[], ...w: number[]) => {
      await main.commit({
        "model/det/model.json": JSON.stringify({ channels: 4, classes }),
        "model/det/toy.weights": JSON.stringify({ w, b: w.map(() => 0) }),
      });
      const isolated = ["--isolation", "none", "--model-branch", "main"];
      await run(["run", ...isolated]);
    };
    const promote = async (...args: string[]) => {
      await run(["promote", "--model", "det", "--to", registry, ...args]);
      const file = join(cwd, "model-to-edge-out/promotion.json");
      const { status, release, since } = JSON.parse(
        readFileSync(file, "utf8"),
      ) as Promotion;
      return [status, release, since?.level ?? null, since?.changes ?? []];
    };
    const configure = (more: string) =>
      writeFileSync(
        join(cwd, "conversion.yaml"),
        `version: 1\nmodels:\n  det:\n    engine: toy\n    parameters: {template: plain}\n    release: {algorithm: CenterPoint, name: t4base, files: {checkpoint: "*.pth", config: "*.py", log: "*.log"}${more}}\n`,
      );
    configure("");
    await main.upload(
      Object.fromEntries(
        AWMLS.map((name) => [`model/det/${name}`, `${name} of the training`]),
      ),
    );

    await push(["car", "bus"], 1, 2, 3, 4);
    expect(await promote()).toEqual(["promoted", "1.0.0", null, []]);
    const files = await s3Files(s3, bucket, `autoware-ml/${FOLDER}1.0.0/`);
    expect([...files.keys()].sort()).toEqual(
      [...AWMLS, "t4base.onnx", "t4base.param.yaml", ...BESIDE].sort(),
    );
    for (const name of AWMLS)
      expect(files.get(name)?.toString()).toBe(`${name} of the training`);
    expect(hashOf(files.get("t4base.onnx"))).toBe(
      (await main.hashes(["edge/"]))["edge/det/end2end.onnx"],
    );

    const weights = ["weights", ["same graph, new weights"]];
    await push(["car", "bus"], 5, 6, 7, 8);
    expect(await promote()).toEqual(["promoted", "1.1.0", ...weights]);
    await push(["car", "bus"], 6, 6, 7, 8);
    expect(await promote()).toEqual(["promoted", "1.2.0", ...weights]);

    await push(["car", "bus", "truck"], 6, 6, 7, 8);
    const [status, release, level, changes] = await promote();
    expect([status, release, level]).toEqual(["promoted", "2.0.0", "breaking"]);
    expect(String(changes)).toMatch(/class/);
    expect((await promote()).slice(0, 2)).toEqual(["there", "2.0.0"]);

    configure(", scheme: x.y.z-project.n, project: oem");
    await push(["car", "bus"], 9, 6, 7, 8);
    expect(await promote("--version", "1.1.0-oem.1", "--alias", "oem")).toEqual(
      ["promoted", "1.1.0-oem.1", ...weights],
    );

    await run(["catalogue", "--from", registry]);
    const page = readFileSync(join(cwd, "public/models/det.html"), "utf8");
    const listed = ["2.0.0", "1.2.0", "1.1.0-oem.1", "1.1.0", "1.0.0"];
    const found = [
      ...page.matchAll(/<t[dh][^>]*>(?:<[^>]*>)*(\d+\.\d+\.\d+[\w.-]*)</g),
    ].map(([, version]) => version);
    expect(found).toEqual(listed);

    const aliases = await s3Files(s3, bucket, `autoware-ml/${FOLDER}.aliases/`);
    const named = [...aliases].map(([name, text]) => [
      ...[name, JSON.parse(text.toString()).release],
    ]);
    expect(Object.fromEntries(named)).toEqual({
      ...{ "edge.json": "2.0.0", "latest.json": "2.0.0" },
      "oem.json": "1.1.0-oem.1",
    });
  });
});

function hashOf(bytes: Buffer = Buffer.alloc(0)): string {
  return createHash("sha256").update(bytes).digest("hex");
}
