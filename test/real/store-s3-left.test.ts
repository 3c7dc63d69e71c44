import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import { toJson } from "../../src/document/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { keyPair } from "../attest/signing.ts";
import { allDrafts, textAt } from "../store/harness.ts";
import { type CommandRun, commandLine } from "../support/command-line.ts";
import { ALL_S3, hasS3 } from "../support/s3-servers.ts";
import {
  type LeftStore,
  leftInBucket,
  leftInFolder,
  weights,
} from "./left-store.ts";
import { CI } from "./lost-job.ts";
import { useS3 } from "./use-s3.ts";

const TAKEN = "it is checked again, not converted again";
const ONNX = "edge/det/end2end.onnx";
const MANIFEST = "edge/det/manifest.json";
const ATTESTATION = "edge/det/attestation.json";
const keyed = () => ({ MODEL_TO_EDGE_SIGNING_KEY: keyPair().privateKey });
const OURS = keyed();

/** Seconds each: the others belong into every run. */
const all = test.runIf(ALL_S3);

type Harm = (left: LeftStore) => Promise<unknown>;
type Again = (left: LeftStore) => Promise<CommandRun>;

describe("a store in a folder", () => {
  takenOver(leftInFolder);
});

describe.skipIf(!hasS3("moto"))("a store in S3", () => {
  const s3 = useS3("moto");
  takenOver(() => leftInBucket(s3.server));
});

/** What a lost job converted, and who takes it over. */
function takenOver(make: () => Promise<LeftStore>): void {
  let left: LeftStore;
  beforeEach(async () => {
    left = await make();
  });
  afterEach(() => left.close());

  function outcome() {
    const folder = join(left.cwd, "model-to-edge-out/models/det");
    const { status } = JSON.parse(
      readFileSync(join(folder, "conversion.json"), "utf8"),
    ) as Conversion;

    return { status, ran: existsSync(join(folder, "engine.log")) };
  }

  /** sha256 of the weights that the published model is of; null where there is none. */
  async function published(): Promise<string | null> {
    const main = await left.under.store.snapshot("main");
    const text = await textAt(main, MANIFEST);
    const inputs = text ? (JSON.parse(text) as Manifest).inputs : [];
    const of = inputs.find(({ path }) => path.endsWith("toy.weights"));

    return of?.sha256 ?? null;
  }

  const lost = async (env: Record<string, string> = {}) => {
    const run = await left.lose(env);
    expect(run.signal, run.stdout).toBe("SIGKILL");
    expect(await published()).toBeNull();
  };

  test("what a lost job converted is checked again by the next job, and published: no engine runs", async () => {
    await lost();
    expect(await allDrafts(left.under.store)).toHaveLength(1);

    const next = await left.job();
    expect([next.code, next.stdout]).toEqual([
      0,
      expect.stringContaining(TAKEN),
    ]);
    expect(outcome()).toEqual({ status: "rechecked", ran: false });
    expect(await published()).toBe(sha256(weights(1)));

    const sweep = await commandLine(
      [...["sweep", "--store", left.under.store.url], ...["--older-than", "0"]],
      { cwd: left.cwd, env: { ...process.env, ...CI } as never },
    );
    expect(sweep.code, sweep.stdout).toBe(0);
    expect(await allDrafts(left.under.store)).toEqual([]);
    expect((await left.job()).stdout).toContain("unchanged");
  }, 60_000);

  all(
    "a job's own key signed it: the next job takes it over",
    async () => {
      await lost(OURS);
      const next = await left.job([], OURS);
      expect([next.code, next.stdout]).toEqual([
        0,
        expect.stringContaining(TAKEN),
      ]);
      expect(outcome()).toEqual({ status: "rechecked", ran: false });
    },
    60_000,
  );

  all.each<[string, Again]>([
    [
      "of other weights",
      async () => {
        await left.under.write("main", { "model/det/toy.weights": weights(2) });
        return left.job();
      },
    ],
    ["of another project", () => left.job([], { CI_PROJECT_PATH: "a/c" })],
    ["where the conversion is forced", () => left.job(["--force"])],
  ])(
    "is not taken over %s",
    async (_what, again) => {
      await lost();
      const next = await again(left);
      expect(next.code, next.stdout).toBe(0);
      expect(outcome()).toEqual({ status: "converted", ran: true });
      expect(next.stdout).not.toContain(TAKEN);
      expect(await published()).not.toBeNull();
    },
    60_000,
  );

  const wrongModel = async () => {
    const wrong = Buffer.from(await left.read(ONNX));
    wrong.writeUInt8(wrong.readUInt8(60) ^ 1, 60);
    return wrong;
  };

  all.each<[string, Record<string, string>, Harm]>([
    ["that nobody signed", {}, async () => undefined],
    ["that another key signed", keyed(), async () => undefined],
    [
      "whose model somebody altered",
      OURS,
      async () => left.forge({ [ONNX]: await wrongModel() }),
    ],
    [
      "whose model somebody altered, with a manifest that fits",
      OURS,
      async () => {
        const wrong = await wrongModel();
        const manifest = JSON.parse(
          String(await left.read(MANIFEST)),
        ) as Manifest;
        const files = manifest.files.map((file) =>
          file.path === ONNX
            ? {
                ...{ ...file, sha256: sha256(wrong) },
                token: `sha256:${sha256(wrong)}`,
              }
            : file,
        );
        await left.forge({
          [ONNX]: wrong,
          [MANIFEST]: toJson({ ...manifest, files }),
        });
      },
    ],
    [
      "whose attestation somebody took away",
      OURS,
      () => left.forge({ [ATTESTATION]: "{}" }),
    ],
    [
      "whose attestation is that of the model's version before",
      OURS,
      async () => {
        const older = await left.read(ATTESTATION);
        await left.under.write("main", { "model/det/toy.weights": weights(3) });
        await lost(OURS);
        await left.forge({ [ATTESTATION]: older });
      },
    ],
  ])(
    "is not taken over %s, under a signing key",
    async (_what, env, harm) => {
      await lost(env);
      await harm(left);
      const next = await left.job([], OURS);
      expect(next.code, next.stdout).toBe(0);
      expect(outcome()).toEqual({ status: "converted", ran: true });
      expect(next.stdout).not.toContain(TAKEN);
      expect(await published()).not.toBeNull();
    },
    60_000,
  );

  test("whose bytes are others than it says is converted again, and the log says why", async () => {
    await lost();
    await left.damage(ONNX, await wrongModel());
    const next = await left.job();
    expect(next.code, next.stdout).toBe(0);
    expect(outcome()).toEqual({ status: "converted", ran: true });
    expect(next.stdout).toContain("it is converted again");
    expect(await published()).toBe(sha256(weights(1)));
  }, 60_000);
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
