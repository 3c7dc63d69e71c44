import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import { toJson } from "../../src/document/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { keyPair } from "../attest/signing.ts";
import { commandLine } from "../support/command-line.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import type { DataBranch } from "./data-branch.ts";
import { CI, lostJob } from "./lost-job.ts";
import { type ToyLakefs, toyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
const keyed = () => ({ MODEL_TO_EDGE_SIGNING_KEY: keyPair().privateKey });
const OURS = keyed();
const ONNX = "edge/det/end2end.onnx";
const MANIFEST = "edge/det/manifest.json";
/** Name, the environment of the lost job, and what is done to its draft. */
type Forgery = [string, Record<string, string>, (draft: DataBranch) => unknown];
const TAKEN = "it is checked again, not converted again";

describe.skipIf(!parts)(
  "what a lost job converted, under a signing key",
  () => {
    let toy: ToyLakefs;
    const lakefs = useLakefs(parts);
    beforeEach(async () => {
      toy = await toyLakefs(lakefs.server);
      return () => toy.remove();
    });

    async function nextJob() {
      const run = await commandLine(
        [
          ...["run", "--store", `lakefs://${toy.repository}`],
          ...["--model-branch", "main", "--isolation", "auto"],
          ...["--config", "conversion.yaml"],
        ],
        { cwd: toy.cwd, env: { ...lakefs.server.env, ...CI, ...OURS } },
      );
      const folder = join(toy.cwd, "model-to-edge-out/models/det");
      const { status } = JSON.parse(
        readFileSync(join(folder, "conversion.json"), "utf8"),
      ) as Conversion;

      return { run, status, ran: existsSync(join(folder, "engine.log")) };
    }

    /** The draft of the lost job, as somebody sees it who can write to the repository. */
    async function leftDraft(env: Record<string, string>): Promise<DataBranch> {
      expect((await lostJob(lakefs.server, toy, env)).signal).toBe("SIGKILL");
      const [draft = ""] = await toy.drafts();
      const branch = toy.branch.onBranch(draft);
      expect(await branch.read(MANIFEST)).not.toHaveLength(0);

      return branch;
    }

    test("is checked again and published where the job's own key signed it", async () => {
      await leftDraft(OURS);
      const { run, status, ran } = await nextJob();
      expect([run.code, run.stdout]).toEqual([
        0,
        expect.stringContaining(TAKEN),
      ]);
      expect([status, ran, await toy.published()]).toEqual([
        ...["rechecked", false],
        1,
      ]);
    }, 60_000);

    const wrongModel = async (draft: DataBranch) => {
      const wrong = Buffer.from(await draft.read(ONNX));
      wrong.writeUInt8(wrong.readUInt8(60) ^ 1, 60);
      return wrong;
    };

    const forgeries: Forgery[] = [
      ["that nobody signed", {}, () => undefined],
      [
        "whose model somebody altered, with a manifest that fits",
        OURS,
        async (draft) => {
          const wrong = await wrongModel(draft);
          const digest = (kind: string) =>
            createHash(kind).update(wrong).digest("hex");
          const text = (await draft.read(MANIFEST)).toString();
          const manifest = JSON.parse(text) as Manifest;
          const files = manifest.files.map((file) =>
            file.path === ONNX
              ? {
                  ...{ ...file, sha256: digest("sha256") },
                  token: `etag:${digest("md5")}-${wrong.length}`,
                }
              : file,
          );
          await draft.commit({
            [ONNX]: wrong,
            [MANIFEST]: toJson({ ...manifest, files }),
          });
        },
      ],
      [
        "whose attestation is that of the model's version before",
        OURS,
        async (draft) => {
          const path = "edge/det/attestation.json";
          const older = await draft.read(path);
          await toy.newWeights();
          await lostJob(lakefs.server, toy, OURS);
          const drafts = (await toy.drafts()).map((name) =>
            toy.branch.onBranch(name),
          );
          for (const each of drafts) await each.commit({ [path]: older });
        },
      ],
    ];
    const more: Forgery[] = [
      ["that another key signed", keyed(), () => undefined],
      [
        "whose model somebody altered",
        OURS,
        async (draft) => draft.commit({ [ONNX]: await wrongModel(draft) }),
      ],
      [
        "whose attestation somebody took away",
        OURS,
        (draft) => draft.commit({ "edge/det/attestation.json": "{}" }),
      ],
    ];

    // All of them by `npm run test:patience`.
    test.each(process.env.AWAY === "all" ? [...forgeries, ...more] : forgeries)(
      "is not taken over %s",
      async (_what, env, harm) => {
        await harm(await leftDraft(env));
        const { run, status, ran } = await nextJob();
        expect(run.code, run.stdout).toBe(0);
        expect([status, ran]).toEqual(["converted", true]);
        expect(run.stdout).not.toContain(TAKEN);
        expect(await toy.published()).toBe(toy.newest());
      },
      60_000,
    );
  },
);
