import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD, sha } from "../land/story.ts";
import { PROJECT_TOKEN } from "../support/fake-project.ts";

/** A project whose model `a` was landed by merge requests, in a store that is a folder. */
async function world() {
  const { gitlab, story, write, run, close } = await folderWorld();
  onTestFinished(close);
  const done = async (args: string[], env = {}) => {
    const run = await story.command(args, env);
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    return run;
  };
  const land = async (iid: number, weights: number) => {
    const [git, data] = [`feature/${iid}`, `feature--${iid}`];
    await done(["branch", git, "--create"]);
    write(data, { "model/a/toy.weights": GOOD(weights) });
    await run(data);
    const landed = await story.land(story.merge(git, iid));
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
  };
  const promote = (pipeline: number, env = {}) =>
    done(
      [
        ...["promote", "--model", "a", "--algorithm", "CenterPoint"],
        ...["--to", `file://${join(story.cwd, "registry")}`],
      ],
      {
        ...{ CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" },
        ...{ CI_DEFAULT_BRANCH: "main", CI_COMMIT_SHA: sha("main") },
        CI_PIPELINE_IID: String(pipeline),
        CI_JOB_URL: `https://git.test/-/jobs/${pipeline}`,
        MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN,
        ...env,
      },
    );
  const notes = (iid: number) =>
    gitlab.notes
      .filter((note) => note.iid === iid && note.body.includes("Promoted:"))
      .map(({ body }) => body);

  write("main", {
    "model/a/model.json": CONFIG,
    "model/a/toy.weights": GOOD(1),
  });
  await run("main");

  return { story, write, run, land, promote, notes };
}

it("writes one note on the merge request that brought the model, and updates it in place", async () => {
  const { story, land, promote, notes } = await world();
  await land(7, 5);
  const first = await promote(20);
  expect(first.stdout).toContain("note on !7: posted");
  expect(notes(7)).toHaveLength(1);
  expect(notes(7)[0]).toContain(
    "Promoted: `a` is version `1.0.0` in the registry",
  );
  const file = join(story.cwd, "model-to-edge-out/report/note.md");
  expect(notes(7)[0]).toContain(readFileSync(file, "utf8").trim());

  const again = await promote(21);
  expect(again.stdout).toContain("already there");
  expect(again.stdout).toContain("note on !7: updated");
  expect(notes(7)).toHaveLength(1);
  expect(notes(7)[0]).toContain("https://git.test/-/jobs/21");

  await land(8, 6);
  await promote(22);
  expect(notes(7)).toHaveLength(1);
  expect(notes(8)).toHaveLength(1);
  expect(notes(8)[0]).toContain(
    "Programs that run the model need no change. Since `1.0.0`: same graph, new weights.",
  );

  // What is said of a version that is there is what it was given for.
  await promote(23);
  expect(notes(8)[0]).toContain("Since `1.0.0`: same graph, new weights.");
});

it("says in one line why there is no note: no token, no merge request, switched off", async () => {
  const { write, run, land, promote, notes } = await world();
  const pushed = await promote(20);
  expect(pushed.stdout).toContain(
    "no note: the store does not tell which merge request brought a",
  );

  await land(7, 5);
  const without = await promote(21, { MODEL_TO_EDGE_TOKEN: "" });
  expect(without.stdout).toContain(
    "note on !7: not written: the variable MODEL_TO_EDGE_TOKEN is empty",
  );
  const off = await promote(22, { MODEL_TO_EDGE_NOTE: "off" });
  expect(off.stdout).not.toContain("note on");
  const wrong = await promote(23, { MODEL_TO_EDGE_TOKEN: "glpat-wrong-token" });
  expect(wrong.stdout).toContain(
    "the token in MODEL_TO_EDGE_TOKEN is wrong, revoked or expired",
  );

  // Somebody pushes to the landed model: it is no longer the one of the merge request.
  write("main", { "model/a/toy.weights": GOOD(9) });
  await run("main");
  expect((await promote(24)).stdout).toContain("no note: the store does not");
  expect(notes(7)).toEqual([]);
});
