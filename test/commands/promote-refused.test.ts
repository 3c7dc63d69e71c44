import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { type S3Setting, s3StandIn } from "../support/s3-stand-in.ts";
import { promotionIn, published, setUp, weights } from "./promoting.ts";

const IN_CI = { GITLAB_CI: "true", CI_PROJECT_PATH: "a/b", CI_PROJECT_ID: "1" };

function promoting() {
  const { store, registry } = setUp();
  const promote = (
    args: readonly string[],
    env: Record<string, string> = {},
    to = `file://${registry}`,
  ) =>
    commandLine(
      ["promote", "--store", store.url, "--model", "det", "--to", to, ...args],
      { cwd: store.cwd, env },
    );

  return { store, registry, promote };
}

describe("a promotion is refused", () => {
  it("of a branch or a merge request, but not on the default branch and on a tag", async () => {
    const { store, promote } = promoting();
    await published(store);
    const job = { ...IN_CI, CI_DEFAULT_BRANCH: "main" };
    const rows: [Record<string, string>, number, string][] = [
      [
        { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "topic" },
        2,
        "a promotion runs on the default branch main or on a tag, not on topic",
      ],
      [
        {
          CI_PIPELINE_SOURCE: "merge_request_event",
          CI_MERGE_REQUEST_IID: "7",
          CI_MERGE_REQUEST_PROJECT_ID: "1",
          CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "1",
          CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "main",
        },
        2,
        "not on a merge request",
      ],
      [
        { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" },
        0,
        "t4base 1.0.0: dry run",
      ],
      [
        { CI_PIPELINE_SOURCE: "push", CI_COMMIT_TAG: "v1" },
        0,
        "t4base 1.0.0: dry run",
      ],
    ];
    for (const [env, code, says] of rows) {
      const run = await promote(["--dry-run"], { ...job, ...env });
      expect(run.stdout).toContain(says);
      expect(run.code, says).toBe(code);
    }
  });

  it("of a model that is red now, whatever was green before, and of one that never was green", async () => {
    const { store, registry, promote } = promoting();
    await published(store);
    store.write(
      "model/det/toy.weights",
      JSON.stringify({ weight: [1], b: [0] }),
    );
    store.write("model/bad/model.json", '{"channels": 4}');
    store.write(
      "model/bad/toy.weights",
      JSON.stringify({ weight: [1], b: [0] }),
    );
    expect((await store.run()).code).toBe(1);

    const red = await promote([]);
    expect(red.code).toBe(1);
    expect(red.stdout).toContain(
      "it was made for other inputs than the current ones: model/det/toy.weights",
    );
    const never = await promote(["--model", "bad", "--algorithm", "A"]);
    expect(never.code).toBe(2);
    expect(never.stdout).toContain("no model bad is published");
    expect(existsSync(registry)).toBe(false);
  });

  it("of a manifest that says it is red", async () => {
    const { store, registry, promote } = promoting();
    await published(store);
    const path = "edge/det/manifest.json";
    const manifest = store.manifest(path);
    store.write(
      path,
      JSON.stringify({
        ...manifest,
        verdict: { ...manifest.verdict, outcome: "fail" },
      }),
    );
    const run = await promote([]);
    expect(run.code, run.stdout).toBe(2);
    expect(run.stdout).toContain(
      "the manifest of model det in edge/ of branch main is missing or cannot be read",
    );
    expect(existsSync(registry)).toBe(false);
  });

  it("of what no trusted key signed", async () => {
    const { store, registry, promote } = promoting();
    await published(store);
    const made = await commandLine(["keygen"], { cwd: store.cwd });
    expect(made.code, made.stdout + made.stderr).toBe(0);
    expect(existsSync(join(store.cwd, "model-to-edge.pub"))).toBe(true);

    const unsigned = await promote([]);
    expect(unsigned.code, unsigned.stdout).toBe(1);
    expect(unsigned.stdout).toMatch(/det is not promoted: .*attestation/);
    expect(existsSync(registry)).toBe(false);
  });

  it("under a version of another scheme, or one that is lower than the newest", async () => {
    const { store, promote } = promoting();
    await published(store);
    expect((await promote(["--version", "2.0.0"])).code).toBe(0);
    store.write("model/det/toy.weights", weights(4, 3, 2, 1));
    await published(store);
    for (const [version, says] of [
      ["1.9.9", "is too low"],
      ["2.1", "of the scheme x.y"],
      ["20241101", "of the scheme date"],
      ["2.1.0-oem.1", "of the scheme x.y.z-project.n"],
      ["2.1.0-rc1", "is not a version of any scheme"],
    ] as const) {
      const run = await promote(["--version", version]);
      expect(run.stdout, version).toContain(says);
      expect(run.code, version).toBe(2);
    }
  });
});

describe("a bucket refuses a promotion", () => {
  const REFUSALS: [string, S3Setting, number, string][] = [
    [
      "that does not exist",
      answering(404, "NoSuchBucket", "The specified bucket does not exist"),
      2,
      "make the bucket, or correct the name in s3://BUCKET/PREFIX",
    ],
    [
      "without the rights",
      answering(403, "AccessDenied", "Access Denied"),
      2,
      "give the credentials s3:ListBucket on the bucket",
    ],
    [
      "with a clock that is 20 minutes off",
      answering(
        ...([403, "RequestTimeTooSkewed"] as const),
        "The difference between the request time and the current time is too large.",
      ),
      2,
      "the clock of this machine is wrong: set it (NTP)",
    ],
    [
      "of another region",
      answering(
        ...([301, "PermanentRedirect"] as const),
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
      ),
      2,
      "the bucket lies in another region: set AWS_REGION to it",
    ],
    [
      "without conditional writes",
      { ignoresConditions: true },
      2,
      "add `--single-writer`",
    ],
  ];

  it("for what a person must change, in words, and before anything of the version is written", async () => {
    const { store, promote } = promoting();
    await published(store);
    for (const [what, setting, code, says] of REFUSALS) {
      const { env, objects } = await s3StandIn(setting);
      const run = await promote([], env, "s3://models/autoware-ml");
      expect(run.stdout, what).toContain(says);
      expect(run.code, what).toBe(code);
      const keys = [...objects.keys()];
      expect(keys.filter((key) => key.includes("/models/"))).toEqual([]);
    }

    const { env, objects } = await s3StandIn({ ignoresConditions: true });
    const alone = await promote(
      ["--single-writer"],
      ...([env, "s3://models/autoware-ml"] as const),
    );
    expect(alone.code, alone.stdout).toBe(0);
    expect(promotionIn(store).status).toBe("promoted");
    expect([...objects.keys()]).toContain(
      "models/autoware-ml/models/CenterPoint/t4base/1.0.0/release.json",
    );
  });
});

function answering(status: number, code: string, message: string): S3Setting {
  return { refuses: { status, code, message } };
}
