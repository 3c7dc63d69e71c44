import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandOptions, commandLine } from "../support/command-line.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { inShell, linesOfRun } from "../support/printed-lines.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();
const MODEL = {
  "model/det/model.json": '{"channels":4}',
  "model/det/toy.weights": GOOD_WEIGHTS,
};
/** Its engine takes long enough that somebody can change the branch meanwhile. */
const SLOW = {
  ...MODEL,
  "model/det/model.json": '{"channels":4,"misbehave":"slow","seconds":4}',
};
const EDGE = ["edge/", "evidence/"];

describe.skipIf(!parts)("a run on a real lakeFS", () => {
  let server: LakefsServer;
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  const branchWith = async (files: Record<string, string>) => {
    const repository = await server.repository();
    const branch = new DataBranch(server, repository, "main");
    if (Object.keys(files).length > 0) await branch.commit(files);
    return { repository, branch };
  };
  const run = (
    repository: string,
    args: string[] = [],
    options: Partial<CommandOptions> = {},
  ) =>
    commandLine(
      [
        "run",
        "--store",
        `lakefs://${repository}`,
        "--model-branch",
        "main",
        "--isolation",
        "none",
        ...args,
      ],
      {
        cwd,
        ...options,
        env: { ...server.env, ...options.env },
      },
    );
  /** Does something to the branch while the engine works on the model. */
  const meanwhile = (harm: () => Promise<unknown>) => {
    let isDone = false;
    return (child: Parameters<NonNullable<CommandOptions["started"]>>[0]) =>
      void child.stdout?.on("data", (data) => {
        if (isDone || !String(data).includes("Convert det")) return;
        isDone = true;
        void harm();
      });
  };

  it("publishes by exactly one merge, leaves no branch, and commits nothing the second time", async () => {
    const { repository, branch } = await branchWith(MODEL);
    const before = await branch.head();
    expect((await run(repository)).code).toBe(0);
    const [merge] = await branch.log();
    expect(merge?.parents).toHaveLength(2);
    expect(merge?.parents).toContain(before);
    expect(await branch.branches()).toEqual(["main"]);
    expect(Object.keys(await branch.hashes(EDGE))).toContain(
      "edge/det/end2end.onnx",
    );
    const head = await branch.head();
    const lines = linesOfRun(cwd);
    expect(lines).toContain(`fetch lakefs://${repository}/${head}/det det`);
    const taken = await inShell(lines, { env: server.env });
    expect({ code: taken.code, log: taken.log }).toMatchObject({ code: 0 });
    const second = await run(repository);
    expect([second.code, second.stdout, await branch.head()]).toEqual([
      0,
      expect.stringContaining("unchanged"),
      head,
    ]);
  });

  it.each<[string, Record<string, string>, string[], number, RegExp, RegExp]>([
    [
      "a repository that does not exist",
      {},
      ["--store", "lakefs://no-such-repository"],
      2,
      /no-such-repository/,
      /./,
    ],
    [
      "a wrong secret",
      { LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "wrong-secret-wrong" },
      [],
      2,
      /refus|credential|access/i,
      /LAKECTL_/,
    ],
    [
      "a branch that does not exist",
      {},
      ["--model-branch", "nope"],
      2,
      /no branch nope/,
      /lakectl branch create/,
    ],
  ])("refuses %s", async (_, env, args, code, says, hint) => {
    const { repository, branch } = await branchWith(MODEL);
    const head = await branch.head();
    const refused = await run(repository, args, { env });
    expect(refused.stdout).toMatch(says);
    expect(refused.stdout).toMatch(hint);
    expect([refused.code, await branch.head()]).toEqual([code, head]);
    expect(refused.stdout).not.toMatch(/wrong-secret|\.js:\d+/);
  });

  it("stops at uncommitted objects, or gives a verdict without publication", async () => {
    const { repository, branch } = await branchWith(MODEL);
    await branch.upload({ "model/det/new.weights": "x", "notes.txt": "y" });
    const stopped = await run(repository);
    expect([stopped.code, stopped.stdout]).toEqual([
      2,
      expect.stringMatching(
        /1 below model\/, 1 elsewhere[\s\S]*lakectl commit/,
      ),
    ]);
    const head = await branch.head();
    const ignored = await run(repository, ["--uncommitted", "ignore"]);
    expect([ignored.code, ignored.stdout]).toEqual([
      0,
      expect.stringMatching(/nothing was published/),
    ]);
    expect([await branch.head(), await branch.branches()]).toEqual([
      head,
      ["main"],
    ]);
  });

  it("publishes beside a commit that came meanwhile", async () => {
    const { repository, branch } = await branchWith(SLOW);
    const moved = await run(repository, [], {
      started: meanwhile(() => branch.commit({ "other/file.txt": "x" })),
    });
    expect(moved.code).toBe(0);
    const names = Object.keys(await branch.hashes(["edge/", "other/"]));
    expect(names).toEqual(
      expect.arrayContaining(["edge/det/end2end.onnx", "other/file.txt"]),
    );
    expect(await branch.branches()).toEqual(["main"]);
  });

  it("publishes nothing where somebody leaves uncommitted objects meanwhile, and says so", async () => {
    const { repository, branch } = await branchWith(SLOW);
    const dirty = await run(repository, [], {
      started: meanwhile(() => branch.upload({ "other/file.txt": "x" })),
    });
    expect([dirty.code, dirty.stdout]).toEqual([
      3,
      expect.stringMatching(/not committed[\s\S]*lakectl commit/),
    ]);
    expect([await branch.hashes(EDGE), await branch.branches()]).toEqual([
      {},
      ["main"],
    ]);
  });

  it("says so where the branch is deleted meanwhile", async () => {
    const { repository, branch } = await branchWith(SLOW);
    const dev = branch.onBranch("dev");
    await dev.create("main");
    const gone = await run(repository, ["--model-branch", "dev"], {
      started: meanwhile(() =>
        server.call("DELETE", `/repositories/${repository}/branches/dev`),
      ),
    });
    expect([gone.code, gone.stdout]).toEqual([
      2,
      expect.stringMatching(
        /branch dev was removed[\s\S]*create the branch again/,
      ),
    ]);
    expect(await branch.branches()).toEqual(["main"]);
  });

  it("is swept after kill -9, and the next run succeeds", async () => {
    const { repository, branch } = await branchWith(MODEL);
    const moments = ["Convert det", "det (1/1)", "Publish"];
    for (const moment of moments) {
      await branch.commit({
        "model/det/toy.weights": JSON.stringify({
          w: [1, 2, 3, 4],
          b: [0, 0, 0, moment.length],
        }),
      });
      const before = await branch.hashes(EDGE);
      await run(repository, [], {
        started: (child) =>
          void child.stdout?.on("data", (data) => {
            if (String(data).includes(moment)) child.kill("SIGKILL");
          }),
      });
      const killed = await branch.hashes(EDGE);
      const next = await run(repository);
      expect([moment, next.code]).toEqual([moment, 0]);
      expect([before, await branch.hashes(EDGE)]).toContainEqual(killed);
    }
    const sweep = [
      "sweep",
      "--store",
      `lakefs://${repository}`,
      "--older-than",
      "0",
    ];
    expect((await commandLine(sweep, { cwd, env: server.env })).code).toBe(0);
    expect(await branch.branches()).toEqual(["main"]);
  });
});
