import { beforeEach, describe, expect, test } from "vitest";
import { type Exchange, faultProxy, isMerge } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { type ToyLakefs, toyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
const AT_ONCE = 5;
const WEIGHTS = "model/det/toy.weights";

const weights = (mark: number) =>
  JSON.stringify({ w: [1, 2, 3, 4], b: [0, 0, mark, 1] });

const isNewBranch = ({ method, path }: Exchange) =>
  method === "POST" && path.endsWith("/branches");

describe.skipIf(!parts)("pipelines and people at once", () => {
  let toy: ToyLakefs;
  const lakefs = useLakefs(parts);
  beforeEach(async () => {
    toy = await toyLakefs(lakefs.server);
    return () => toy.remove();
  });

  const merges = async (since: readonly string[] = []) =>
    (await toy.branch.log()).filter(
      ({ id, parents }) => parents.length === 2 && !since.includes(id),
    ).length;

  /** Does something just before a run's publication becomes visible, or at another call; gives the run. */
  async function runWhile(harm: () => Promise<unknown>, at = isMerge) {
    const proxy = await faultProxy(lakefs.server.endpoint);
    proxy.before(at, async () => void (await harm()));
    const run = await toy.run([], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    expect(proxy.unmet()).toBe(0);
    await proxy.close();
    return run;
  }

  test("many runs of one commit are all green, and leave one result", async () => {
    const runs = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        toy.run(["--out", `out-${index}`]),
      ),
    );
    expect(runs.map(({ code, stdout }) => (code === 0 ? "0" : stdout))).toEqual(
      runs.map(() => "0"),
    );
    expect(await toy.published()).toBe(1);
    expect(await toy.drafts()).toEqual([]);
  });

  test("a run whose result another one published meanwhile makes no second commit", async () => {
    const proxy = await faultProxy(lakefs.server.endpoint);
    proxy.before(
      ({ method, path }) => method === "POST" && path.endsWith("/commits"),
      async () => void (await toy.run(["--out", "other"])),
    );
    const run = await toy.run([], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    expect([run.code, proxy.unmet(), await merges()]).toEqual([0, 0, 1]);
    expect(await toy.drafts()).toEqual([]);
    await proxy.close();
  });

  test("runs on many branches publish all of them", async () => {
    const names = Array.from({ length: AT_ONCE }, (_, index) => `b${index}`);
    for (const name of names) await toy.branch.onBranch(name).create("main");

    const runs = await Promise.all(
      names.map((name) => toy.run(["--model-branch", name, "--out", name])),
    );
    expect(runs.map(({ code, stdout }) => (code === 0 ? "0" : stdout))).toEqual(
      names.map(() => "0"),
    );
    for (const name of names)
      expect(
        Object.keys(await toy.branch.onBranch(name).hashes(["edge/"])),
      ).toContain("edge/det/manifest.json");
    expect(await toy.drafts()).toEqual(names);
  });

  test("an older run that ends last leaves the newer one's result, and says so", async () => {
    const older = await runWhile(async () => {
      await toy.newWeights();
      const newer = await toy.run(["--out", "newer"]);
      expect(newer.code, newer.stdout).toBe(0);
    });
    expect([older.code, older.stdout]).toEqual([
      0,
      expect.stringMatching(/newer|unchanged/),
    ]);
    expect([await merges(), await toy.published()]).toEqual([1, 2]);
    expect(await toy.drafts()).toEqual([]);
  });

  test("weights that are changed back during a run keep the model that they have", async () => {
    const [first, others] = [weights(5), weights(6)];
    await toy.branch.commit({ [WEIGHTS]: first });
    expect((await toy.run(["--out", "first"])).code).toBe(0);
    const published = await toy.branch.read("edge/det/manifest.json");

    await toy.branch.commit({ [WEIGHTS]: others });
    const older = await runWhile(async () => {
      await toy.branch.commit({ [WEIGHTS]: first });
      const newest = await toy.run(["--out", "newest"]);
      expect(newest.stdout).toContain("nothing new to publish");
    }, isNewBranch);
    expect(older.code, older.stdout).toBe(0);
    expect(older.stdout).toContain(
      "what is published stays: it is of newer inputs than this run",
    );
    expect(String(await toy.branch.read("edge/det/manifest.json"))).toBe(
      String(published),
    );
  });

  test("a model whose folder comes back during a run is not removed", async () => {
    expect((await toy.run(["--out", "first"])).code).toBe(0);
    const files = ["model/det/model.json", WEIGHTS];
    const model = await Promise.all(
      files.map(async (file) => [file, await toy.branch.read(file)] as const),
    );
    await toy.branch.remove(files);
    await toy.branch.commit({
      "model/other/model.json": '{"channels":4}',
      "model/other/toy.weights": weights(1),
    });
    const older = await runWhile(
      () => toy.branch.commit(Object.fromEntries(model)),
      isNewBranch,
    );
    expect(older.code, older.stdout).toBe(0);
    const shown = await toy.branch.hashes(["edge/"]);
    expect(Object.keys(shown)).toEqual(
      expect.arrayContaining([
        "edge/det/manifest.json",
        "edge/other/manifest.json",
      ]),
    );
  });

  test("an older run that ends after another branch was landed leaves what was landed", async () => {
    const feature = toy.branch.onBranch("feature--x");
    await feature.create("main");
    // The two branches go apart: neither commit is the other's ancestor.
    await toy.branch.commit({ "notes.txt": "on main" });
    await feature.commit({ [WEIGHTS]: weights(9) });
    const theirs = await toy.run([
      ...["--model-branch", "feature--x", "--out", "theirs"],
    ]);
    expect(theirs.code, theirs.stdout).toBe(0);

    const older = await runWhile(() =>
      lakefs.server.call(
        "POST",
        `/repositories/${toy.repository}/refs/feature--x/merge/main`,
        { message: "land feature--x" },
      ),
    );
    expect(older.code, older.stdout).toBe(0);
    const manifest = "edge/det/manifest.json";
    expect(String(await toy.branch.read(manifest))).toBe(
      String(await feature.read(manifest)),
    );
    expect(older.stdout).toContain(
      "what is published stays: it is of newer inputs than this run",
    );
  });

  test("a commit to model/ during the run is not covered by it, and the next run covers it", async () => {
    const run = await runWhile(() => toy.newWeights());
    expect([run.code, await toy.published()]).toEqual([0, 1]);
    expect((await toy.run()).code).toBe(0);
    expect(await toy.published()).toBe(2);
  });

  test.each<[string, Record<string, string>]>([
    ["a published model", { "edge/det/end2end.onnx": "by hand" }],
    ["a manifest", { "edge/det/manifest.json": "{}" }],
  ])(
    "%s that is edited by hand is made right by the next run",
    async (_what, files) => {
      expect((await toy.run()).code).toBe(0);
      await toy.branch.commit(files);
      const again = await toy.run();
      expect(again.code, again.stdout).toBe(0);
      expect(await toy.published()).toBe(1);
    },
  );

  test.each<[string, Record<string, string>]>([
    ["a published model", { "edge/det/end2end.onnx": "by hand" }],
    ["a manifest", { "edge/det/manifest.json": "{}" }],
  ])(
    "%s that is edited by hand during the run is made right by it",
    async (_what, files) => {
      expect((await toy.run()).code).toBe(0);
      await toy.newWeights();
      const run = await runWhile(() => toy.branch.commit(files));
      expect(run.code, run.stdout).toBe(0);
      expect(await toy.published()).toBe(2);
      expect(await toy.drafts()).toEqual([]);
    },
  );

  test("a file of somebody else's below edge/ stays", async () => {
    expect((await toy.run()).code).toBe(0);
    await toy.newWeights();
    const notes = { "edge/det/notes.txt": "mine", "edge/README.md": "mine" };
    const run = await runWhile(() => toy.branch.commit(notes));
    expect(run.code, run.stdout).toBe(0);
    expect(await toy.published()).toBe(2);
    for (const path of Object.keys(notes))
      expect(String(await toy.branch.read(path))).toBe("mine");
  });
});
