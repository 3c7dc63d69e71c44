import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import { commandInside } from "../support/command-inside.ts";
import type { CommandRun } from "../support/command-line.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import type { LakefsServer } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";

/** A repository with the toy model `det` on `main`, and a place to run in. */
export interface ToyLakefs {
  repository: string;
  branch: DataBranch;
  /** Where runs write to. */
  cwd: string;
  /** Commits weights that no version before had. */
  newWeights(): Promise<void>;
  /** Number of the newest version, from 1. */
  newest(): number;
  run(args?: string[], env?: Record<string, string>): Promise<CommandRun>;
  /**
   * Which version of the weights the published files are of, 0 for none; throws where a file is not the one that the
   * manifest names, or the model does not compute what the weights of its version say.
   */
  published(): Promise<number>;
  /** All branches but `main`. */
  drafts(): Promise<string[]>;
  remove(): void;
}

/** The checks that a run of many can do without: what is published is looked at here. */
const CHEAP = `version: 1
defaults:
  validate:
    off: [performance, metamorphic, shapes, extremes, behaviour]
`;

/** `through`: the address at which runs see the server. */
export async function toyLakefs(
  server: LakefsServer,
  through: string = server.endpoint,
): Promise<ToyLakefs> {
  const repository = await server.repository();
  const branch = new DataBranch(server, repository, "main");
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  const versions: Version[] = [];

  const newWeights = async () => {
    const version = makeVersion(versions.length + 1);
    await branch.commit({ "model/det/toy.weights": version.text });
    versions.push(version);
  };
  writeFileSync(join(cwd, "conversion.yaml"), CHEAP);
  await branch.upload({ "model/det/model.json": '{"channels":4}' });
  await newWeights();

  return {
    repository,
    branch,
    cwd,
    newWeights,
    newest: () => versions.length,
    run: (args = [], env = {}) =>
      commandInside(
        [
          "run",
          ...["--store", `lakefs://${repository}`],
          ...["--model-branch", "main", "--isolation", "none"],
          ...["--config", "conversion.yaml", ...args],
        ],
        {
          cwd,
          env: {
            ...server.env,
            LAKECTL_SERVER_ENDPOINT_URL: through,
            ...env,
          },
        },
      ),
    async published() {
      const stored = await branch.hashes(["edge/", "evidence/"]);
      if (Object.keys(stored).length === 0) return 0;
      const manifest = JSON.parse(
        String(await branch.read("edge/det/manifest.json")),
      ) as Manifest;
      for (const { path, sha256 } of manifest.files)
        if (stored[path] !== sha256)
          throw new Error(`${path} is not as the manifest says`);

      const named = manifest.inputs.find(({ path }) =>
        path.endsWith("toy.weights"),
      )?.sha256;
      const at = versions.findIndex(({ sha256 }) => sha256 === named);
      const version = versions[at];
      if (!version) throw new Error(`${named} was never in the store`);
      const model = await branch.read("edge/det/end2end.onnx");
      for (const values of [version.w, version.b])
        if (!model.includes(float32(values)))
          throw new Error(`the model is not of version ${at + 1}`);

      return at + 1;
    },
    drafts: async () =>
      (await branch.branches()).filter((name) => name !== "main"),
    remove: () => rmSync(cwd, { recursive: true, force: true }),
  };
}

interface Version {
  w: number[];
  b: number[];
  text: string;
  sha256: string;
}

function makeVersion(number: number): Version {
  const [w, b] = [
    [1, 2, 3, 4],
    [0, 0, number, 1 / number],
  ];
  const text = JSON.stringify({ w, b });
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { w, b, text, sha256 };
}

function float32(values: number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

/** Registers the hooks: a server, a proxy before it, and the toy repository whose runs go through that; for the block. */
export function useToyLakefs(parts: Parameters<typeof useLakefs>[0]): {
  readonly proxy: FaultProxy;
  readonly toy: ToyLakefs;
} {
  const lakefs = useLakefs(parts);
  const at = {} as { proxy: FaultProxy; toy: ToyLakefs };
  beforeAll(async () => {
    if (!parts) return;
    at.proxy = await faultProxy(lakefs.server.endpoint);
    at.toy = await toyLakefs(lakefs.server, at.proxy.endpoint);
  });
  afterAll(async () => {
    at.toy?.remove();
    await at.proxy?.close();
  });

  return at;
}
