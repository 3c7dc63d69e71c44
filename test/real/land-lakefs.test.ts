import { describe, expect, it } from "vitest";
import { GOOD, MISFIT, sha } from "../land/story.ts";
import type { FakeRequest } from "../support/fake-project.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { inShell, printedLines } from "../support/printed-lines.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();

/** What GitLab says of a request after each way to merge it. */
const METHODS: [string, Partial<FakeRequest>, string][] = [
  ["a merge commit", { merge_commit_sha: sha("m") }, "m"],
  ["a squash", { merge_commit_sha: null, squash_commit_sha: sha("s") }, "s"],
  ["a fast-forward", { merge_commit_sha: null, sha: sha("f") }, "f"],
  [
    "a rebase and a merge commit",
    { merge_commit_sha: sha("r"), sha: sha("rebased") },
    "r",
  ],
];

describe.skipIf(!parts)("land, on a real lakeFS", () => {
  const at = useLandWorld(parts);

  it.each(METHODS)(
    "tells the whole story for %s: red, fixed, green, merged, landed once, branch deleted",
    async (_, how, text) => {
      const { story, main, feature, gitlab } = at;
      const before = await at.shown();
      await feature.commit({ "model/a/toy.weights": MISFIT });
      expect((await story.run("feature/x")).code).toBe(1);
      await feature.commit({ "model/a/toy.weights": GOOD(5) });
      expect(await story.run("feature/x")).toMatchObject({ code: 0 });
      expect(await at.shown()).toEqual(before);
      const proved = await feature.hashes(["model/", "edge/", "evidence/"]);
      const checked = await feature.head();
      story.merge("feature/x", 7, how);
      const run = await story.land(sha(text));
      expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
      expect(await main.hashes(["model/", "edge/", "evidence/"])).toEqual(
        proved,
      );
      const [landing] = await main.log();
      expect(landing).toMatchObject({
        parents: [before[0], checked],
        message: "land feature--x (!7): a",
      });
      expect(landing?.metadata).toMatchObject({
        "model-to-edge.landed": checked,
        "model-to-edge.merge-request": "7",
      });
      expect(await feature.branches()).toEqual(["main"]);
      expect(run.document).toMatchObject({
        requests: [
          {
            iid: 7,
            status: "landed",
            commit: checked,
            landed: landing?.id,
            data_branch_kept: null,
          },
        ],
        exit_code: 0,
      });
      expect(gitlab.notes.map(({ iid }) => iid)).toEqual([7]);
      expect(gitlab.notes[0]?.body).toContain(
        `✅ Landed: \`feature--x\` was merged into \`main\``,
      );
      expect(gitlab.notes[0]?.body).toContain(landing?.id.slice(0, 12));
      const lines = printedLines(gitlab.notes[0]?.body ?? "");
      expect(lines).toContain(`/${landing?.id}/a a`);
      const taken = await inShell(lines, { env: at.server.env });
      expect({ code: taken.code, log: taken.log }).toMatchObject({ code: 0 });
      expect(run.report("junit.xml")).toContain('failures="0"');
      expect(run.report("annotations.json")).toContain(landing?.id);
      // And main's own pipeline has nothing to do.
      const after = await story.command([
        "run",
        "--isolation",
        "none",
        "--model-branch",
        "main",
      ]);
      expect(after).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("unchanged, already in"),
      });
      expect((await at.shown())[0]).toBe(landing?.id);
    },
  );

  it("lands two requests with different models: of one push, and side by side", async () => {
    const { story, main, feature } = at;
    const other = main.onBranch("feature--y");
    await other.create("main");
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    await other.commit({ "model/b/toy.weights": GOOD(6) });
    await story.run("feature/x");
    await story.run("feature/y");
    const both = {
      ...(await feature.hashes(["model/a/", "edge/a/"])),
      ...(await other.hashes(["model/b/", "edge/b/"])),
    };
    const commits = [story.merge("feature/x", 7), story.merge("feature/y", 8)];
    const runs = await Promise.all(commits.map((commit) => story.land(commit)));
    expect(runs.map(({ code, stdout }) => (code === 0 ? 0 : stdout))).toEqual([
      0, 0,
    ]);
    expect(await main.hashes(["model/", "edge/"])).toEqual(both);
    // The same two again, as one push whose first commit GitLab alone knows.
    at.gitlab.ranges.set(`${sha("before")}..${commits[1]}`, [
      commits[1] ?? "",
      commits[0] ?? "",
    ]);
    const again = await story.land(commits[1] ?? "", [], {
      CI_COMMIT_BEFORE_SHA: sha("before"),
    });
    expect(again.code).toBe(0);
    expect(
      again.document.requests.map(({ iid, status }) => [iid, status]),
    ).toEqual([
      [7, "already"],
      [8, "already"],
    ]);
  });

  it("refuses the second of two requests for one model, until the branch took main in and was proved again", async () => {
    const { story, main, feature, server, repository } = at;
    const other = main.onBranch("feature--y");
    await other.create("main");
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    await other.commit({
      "model/a/toy.weights": GOOD(6),
      "model/a/samples/1.json": "[1, 2, 3, 4]",
    });
    await story.run("feature/x");
    await story.run("feature/y");
    expect((await story.land(story.merge("feature/x", 7))).code).toBe(0);
    const landed = await at.shown();
    const commit = story.merge("feature/y", 8);
    const refused = await story.land(commit);
    expect(refused).toMatchObject({
      code: 1,
      document: { requests: [{ status: "refused", code: "conflict" }] },
    });
    const [request] = refused.document.requests;
    expect(request?.paths).toEqual(
      expect.arrayContaining(["model/a/toy.weights", "edge/a/manifest.json"]),
    );
    expect(request?.next).toContain(
      `lakectl merge lakefs://${repository}/main lakefs://${repository}/feature--y --strategy dest-wins`,
    );
    expect(await at.shown()).toEqual(landed);
    // What the hint says.
    await server.call(
      "POST",
      `/repositories/${repository}/refs/main/merge/feature--y`,
      { strategy: "dest-wins" },
    );
    await story.run("feature/y");
    expect((await story.land(commit)).code).toBe(0);
    expect((await main.read("model/a/toy.weights")).toString()).toBe(GOOD(6));
  });

  it("never merges a new configuration here and new weights there into a model that nobody proved", async () => {
    const { story, main, feature } = at;
    await feature.commit({
      "model/a/model.json": JSON.stringify({ channels: 4, options: {} }),
    });
    expect((await story.run("feature/x")).code).toBe(0);
    // lakeFS itself sees no conflict: these are different files.
    await main.commit({ "model/a/toy.weights": GOOD(9) });
    const before = await at.shown();
    const run = await story.land(story.merge("feature/x", 7));
    expect(run).toMatchObject({
      code: 1,
      document: {
        requests: [{ code: "conflict", paths: ["model/a/toy.weights"] }],
      },
    });
    expect(await at.shown()).toEqual(before);
  });

  it("takes a model away with its edge model, and lands what other people pushed elsewhere", async () => {
    const { story, main, feature, server, repository } = at;
    for (const path of ["model/b/model.json", "model/b/toy.weights"])
      await server.call(
        "DELETE",
        `/repositories/${repository}/branches/feature--x/objects?path=${path}`,
      );
    await feature.commit({});
    expect((await story.run("feature/x")).code).toBe(0);
    await main.commit({ "README.md": "by hand" });
    const run = await story.land(story.merge("feature/x", 7));
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(run.document.requests[0]?.models).toMatchObject([
      { name: "b", state: "removed" },
    ]);
    const files = Object.keys(
      await main.hashes(["model/", "edge/", "evidence/", "README"]),
    );
    expect(files).toContain("README.md");
    expect(files.filter((path) => path.includes("/b/"))).toEqual([]);
  });
});
