import { describe, expect, it } from "vitest";
import { GOOD, MISFIT, sha } from "../land/story.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { runNote } from "../support/run-note.ts";
import { type LandWorld, useLandWorld } from "./land-world.ts";

const parts = await realLakefs();

interface Row {
  what: string;
  /** Between the green and the merge. */
  harm(at: LandWorld): Promise<unknown>;
  code: string;
  says: string | RegExp;
  next: string | RegExp;
  args?: string[];
}

const ROWS: Row[] = [
  {
    what: "a model of the branch that never had a verdict",
    harm: ({ feature }) =>
      feature.commit({
        "model/c/model.json": "{}",
        "model/c/toy.weights": GOOD(1),
      }),
    code: "no-verdict",
    says: "c: no green verdict",
    next: /run the pipeline of the Git branch feature\/x again.* MODEL_TO_EDGE_MODEL_BRANCH=feature--x/,
  },
  {
    what: "weights that were pushed after the green",
    harm: ({ feature }) => feature.commit({ "model/a/toy.weights": GOOD(6) }),
    code: "stale-verdict",
    says: "(model/a/toy.weights)",
    next: "retry this job",
  },
  {
    what: "a red, which leaves the green of other weights",
    async harm({ feature, story }) {
      await feature.commit({ "model/a/toy.weights": MISFIT });
      expect((await story.run("feature/x")).code).toBe(1);
    },
    code: "stale-verdict",
    says: "a: its verdict covers different files",
    next: "run the pipeline",
  },
  {
    what: "an input that was added, and one that an engine would read",
    harm: ({ feature }) =>
      feature.commit({ "model/a/samples/1.json": "[1, 2, 3, 4]" }),
    code: "stale-verdict",
    says: "(model/a/samples/1.json)",
    next: "run the pipeline",
  },
  {
    what: "a configuration in the store that changes what is asked",
    harm: ({ feature }) =>
      feature.commit({
        "model/a/conversion.yaml":
          "version: 1\ndefaults:\n  toy:\n    opset: 14\n",
      }),
    code: "stale-verdict",
    says: "a different configuration",
    next: "run the pipeline",
  },
  {
    what: "an edge model that somebody put there by hand",
    harm: ({ feature }) =>
      feature.commit({ "edge/a/end2end.onnx": "not what was verified" }),
    code: "stale-verdict",
    says: "the files in edge/ are not what was verified (edge/a/end2end.onnx)",
    next: "run the pipeline",
  },
  {
    what: "an edge model without a model",
    harm: ({ feature }) =>
      feature.commit({ "edge/zzz/end2end.onnx": "from nowhere" }),
    code: "no-verdict",
    says: "there is no such model in model/ (edge/zzz/end2end.onnx)",
    next: "run the pipeline",
  },
  {
    what: "a target with uploads that nobody committed",
    harm: ({ main }) => main.upload({ "model/b/half.bin": "half" }),
    code: "dirty",
    says: "that are not committed",
    next: /lakectl commit lakefs:.*lakectl branch reset/,
  },
  {
    what: "a data branch that is gone, though a note speaks of it",
    async harm({ server, repository, gitlab, feature }) {
      const body = runNote("feature--x", await feature.head());
      gitlab.notes.push({
        iid: 7,
        id: 100,
        body,
        author: { id: 5 },
        system: false,
      });
      await server.call(
        "DELETE",
        `/repositories/${repository}/branches/feature--x`,
      );
    },
    code: "branch-gone",
    says: "the data branch feature--x is gone",
    next: "create the branch again",
  },
  {
    what: "a fork's branch, whose name is that of a data branch here",
    async harm({ gitlab }) {
      for (const request of gitlab.requests) request.source_project_id = 11;
    },
    code: "fork",
    says: "it came from a fork",
    next: "open a merge request for it here",
  },
  {
    what: "a fork that was deleted since",
    async harm({ gitlab }) {
      for (const request of gitlab.requests) request.source_project_id = null;
    },
    code: "fork",
    says: "it came from a fork",
    next: "open a merge request",
  },
];

describe.skipIf(!parts)("land refuses, and changes nothing for", () => {
  const at = useLandWorld(parts);

  it.each(ROWS.map((row): [string, Row] => [row.what, row]))(
    "%s",
    async (_, { harm, code, says, next, args = [] }) => {
      const { story, feature, gitlab } = at;
      await feature.commit({ "model/a/toy.weights": GOOD(5) });
      expect((await story.run("feature/x")).code).toBe(0);
      const commit = story.merge("feature/x", 7);
      await harm(at);
      const before = [await at.shown(), await feature.branches()];
      const run = await story.land(commit, [
        "--delete-branch",
        "always",
        ...args,
      ]);
      expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 1 });
      expect(run.document).toMatchObject({
        exit_code: 1,
        requests: [{ status: "refused", code, landed: null }],
      });
      const [request] = run.document.requests;
      expect(request?.reason).toEqual(
        typeof says === "string"
          ? expect.stringContaining(says)
          : expect.stringMatching(says),
      );
      expect(request?.next).toEqual(
        typeof next === "string"
          ? expect.stringContaining(next)
          : expect.stringMatching(next),
      );
      expect(run.stdout).toContain(
        `error: !7: ${request?.data_branch} was not landed`,
      );
      expect(run.stdout).toContain("hint: ");
      expect(gitlab.notes.at(-1)?.body).toContain("❌ Not landed");
      expect(run.report("junit.xml")).toContain("<failure");
      expect([await at.shown(), await feature.branches()]).toEqual(before);
    },
  );

  it("warns of objects that were uploaded to the data branch and not committed, for they are not landed", async () => {
    const { story, feature, main } = at;
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    await story.run("feature/x");
    await feature.upload({ "model/a/toy.weights": GOOD(6) });
    const run = await story.land(story.merge("feature/x", 7));
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        "has uncommitted objects (1): they are not landed",
      ),
    });
    expect((await main.read("model/a/toy.weights")).toString()).toBe(GOOD(5));
    expect(run.document.requests[0]?.data_branch_kept).toBe(
      "it has uncommitted objects",
    );
  });

  it("a token that is missing: it says so, and looks with the job's own", async () => {
    const { story, feature } = at;
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    await story.run("feature/x");
    const run = await story.land(story.merge("feature/x", 7), [], {
      MODEL_TO_EDGE_TOKEN: "",
    });
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(run.document.requests[0]).toMatchObject({ status: "landed" });
    expect(run.document.requests[0]?.data_branch_kept).toContain(
      "it is unknown whether the Git branch",
    );
    expect(run.stdout).toContain(
      "note on !7: not written: the variable MODEL_TO_EDGE_TOKEN is empty",
    );
  });

  it("nothing, where there is nothing: no request, no data branch, a fork without one, another target", async () => {
    const { story } = at;
    const before = await at.shown();
    const none = await story.land(sha("a push"));
    expect(none).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("nothing to land: no merge request"),
    });
    story.merge("docs/typo", 8);
    story.merge("docs/fork", 9, {
      merge_commit_sha: sha("merge of docs/typo as !8"),
      source_project_id: 11,
    });
    story.merge("feature/x", 10, {
      merge_commit_sha: sha("merge of docs/typo as !8"),
      target_branch: "release",
    });
    const run = await story.land(sha("merge of docs/typo as !8"));
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        "has no branch docs--typo: nothing to land",
      ),
    });
    expect(
      run.document.requests.map(({ iid, status }) => [iid, status]),
    ).toEqual([
      [8, "nothing"],
      [9, "nothing"],
    ]);
    const strict = await story.land(sha("merge of docs/typo as !8"), [
      "--missing-branch",
      "fail",
    ]);
    expect(strict.document.requests[0]).toMatchObject({
      iid: 8,
      code: "branch-gone",
    });
    expect(await at.shown()).toEqual(before);
  });
});
