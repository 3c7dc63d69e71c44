import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { ExternalError } from "../../src/errors.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import {
  allDrafts,
  edgeChange,
  options,
  pathsOf,
  stagedFile,
  textAt,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import { useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("a publication to a lakeFS branch", () => {
  const lakefs = useLakefs(parts);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, { dirtyMs: 400, pauseMs: 20 }),
  );

  const log = async (ref: string) => {
    const page = await lakefs.server.call<{
      results: {
        id: string;
        parents: string[];
        metadata: Record<string, string>;
      }[];
    }>(
      "GET",
      at.under.path(`/refs/${ref}/commits?first_parent=true&amount=100`),
    );
    return page.results;
  };
  const staged = (content?: string) => stagedFile(at, content);

  test("is one commit and one merge that carry the facts of the run; no branch stays", async () => {
    const before = await log("main");
    const { draft, ref, keep } = await staged();
    const outcome = await draft.publish([], () => edgeChange(keep), {
      ...options,
      input: before[0]?.id ?? "",
    });
    const [merge, ...rest] = await log("main");
    expect(outcome).toEqual({ status: "published", commit: merge?.id });
    expect(rest).toEqual(before);
    expect(merge?.parents).toHaveLength(2);
    const facts = {
      job: "1",
      "model-to-edge.input": before[0]?.id,
      "model-to-edge.draft": ref.id,
    };
    expect(merge?.metadata).toMatchObject(facts);
    const commit = await lakefs.server.call<{
      parents: string[];
      metadata: object;
    }>("GET", at.under.path(`/commits/${merge?.parents[1]}`));
    expect(commit).toMatchObject({ parents: [before[0]?.id], metadata: facts });
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("follows a target that changed the same files: compose decides again, nothing is uploaded twice", async () => {
    await at.publish({ m: "old" }, [], { "edge/a/manifest.json": "old" });
    const { draft, keep } = await staged("mine");
    await at.publish({ m: "theirs", extra: "e" }, [], {
      "edge/a/manifest.json": "theirs",
      "edge/b/manifest.json": "b",
    });
    const heads: string[] = [];
    const outcome = await draft.publish(
      ["edge/a/manifest.json"],
      ({ head, pointers, exists }) => {
        heads.push(
          `${Buffer.from(pointers.get("edge/a/manifest.json") ?? "")} ${exists("edge/a/extra")}`,
        );
        expect(head).toMatch(/^[0-9a-f]{64}$/);
        return edgeChange(
          keep,
          { "edge/a/manifest.json": "mine" },
          exists("edge/a/extra") ? ["edge/a/extra"] : [],
        );
      },
      options,
    );
    expect(outcome.status).toBe("published");
    expect(heads).toEqual(["theirs true"]);
    const snapshot = await at.store.snapshot("main");
    expect(await pathsOf(snapshot, "edge/")).toEqual([
      "edge/a/m",
      "edge/a/manifest.json",
      "edge/b/manifest.json",
    ]);
    expect(await textAt(snapshot, "edge/a/m")).toBe("mine");
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("keeps what it put where the target held the same bytes then, and others now", async () => {
    await at.publish({ m: "mine" }, [], { "edge/a/manifest.json": "old" });
    // No difference to the target: a merge of its next state takes theirs.
    const { draft, keep } = await staged("mine");
    await at.publish({ m: "theirs" }, [], { "edge/a/manifest.json": "theirs" });
    const outcome = await draft.publish(
      ["edge/a/manifest.json"],
      () => edgeChange(keep, { "edge/a/manifest.json": "mine" }, []),
      options,
    );
    expect(outcome.status).toBe("published");
    const snapshot = await at.store.snapshot("main");
    expect(await textAt(snapshot, "edge/a/m")).toBe("mine");
  });

  test("publishes what a disjoint publication did not touch, without another round", async () => {
    const { draft, keep } = await staged("mine");
    await at.under.write("main", {
      "edge/b/m": "theirs",
      "model/b/w.pth": "new",
    });
    expect(
      (await draft.publish([], () => edgeChange(keep), options)).status,
    ).toBe("published");
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      "edge/a/m",
      "edge/b/m",
    ]);
  });

  test("takes back what an earlier round or job staged and compose no longer wants", async () => {
    await at.publish({ m: "old" });
    const { draft } = await staged("unwanted");
    await draft.put(await at.folder({ n: "new" }), ["n"], "edge/a/");
    const outcome = await draft.publish(
      [],
      () => edgeChange([], { "edge/a/manifest.json": "M" }),
      options,
    );
    expect(outcome.status).toBe("published");
    const snapshot = await at.store.snapshot("main");
    expect(await pathsOf(snapshot, "edge/")).toEqual([
      "edge/a/m",
      "edge/a/manifest.json",
    ]);
    expect(await textAt(snapshot, "edge/a/m")).toBe("old");
  });

  test("refuses a branch with uncommitted objects, counts them, and publishes once they are committed", async () => {
    await at.under.upload("main", {
      "model/a/new.pth": "1",
      "other/x": "2",
      "other/y": "3",
    });
    expect(await at.store.pending("main", "model/")).toEqual({
      inputs: 1,
      elsewhere: 2,
    });
    const head = await at.store.head("main");
    const { draft, keep } = await staged();
    expect(
      await draft.publish([], () => edgeChange(keep), options),
    ).toMatchObject({
      status: "dirty",
      message: expect.stringContaining("3 objects"),
      hint: expect.stringContaining(
        `lakectl commit lakefs://${at.under.repository}/main`,
      ),
    });
    expect(await at.store.head("main")).toBe(head);
    await at.under.write("main", {});
    expect(
      (await draft.publish([], () => edgeChange(keep), options)).status,
    ).toBe("published");
  });

  test("waits while somebody else's commit is under way", async () => {
    await at.under.upload("main", { "model/a/new.pth": "1" });
    const { ref, keep } = await staged();
    const environment = readEnvironment(lakefs.server.env);
    // With its own patience: on a busy machine the commit takes longer than the other tests wait.
    const store = await lakefsStore(
      storeContext({ environment }),
      at.under.repository,
      { webUrl: null },
    );
    const publishing = store
      .draft(ref)
      .publish([], () => edgeChange(keep), options);
    setTimeout(() => void at.under.write("main", {}), 150);
    expect((await publishing).status).toBe("published");
    await store.close();
  });

  test("says that the branch was deleted during the run", async () => {
    await at.store.createBranch("feature", "main");
    const { draft } = await at.newDraft("feature");
    const keep = await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    await lakefs.server.call("DELETE", at.under.path("/branches/feature"));
    expect(
      await draft.publish([], () => edgeChange(keep), options),
    ).toMatchObject({
      status: "gone",
    });
    await draft.discard();
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("removes its draft although the run was cancelled", async () => {
    const cancel = new AbortController();
    const ctx = storeContext({
      environment: readEnvironment(lakefs.server.env),
      signal: cancel.signal,
    });
    const store = await lakefsStore(ctx, at.under.repository, { webUrl: null });
    const { ref } = await at.newDraft();
    const draft = store.draft(ref);
    const keep = await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    expect(await allDrafts(at.store)).toHaveLength(1);
    const cancelled = new ExternalError("cancelled", {
      code: "stopped",
      hint: "run it again",
    });
    cancel.abort(cancelled);
    await expect(
      draft.publish([], () => edgeChange(keep), options),
    ).rejects.toBe(cancelled);
    await draft.discard();
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("says that the draft was swept away", async () => {
    const { draft, ref, keep } = await staged();
    await lakefs.server.call("DELETE", at.under.path(`/branches/${ref.id}`));
    await expect(
      draft.publish([], () => edgeChange(keep), options),
    ).rejects.toMatchObject({
      exitCode: 3,
      code: "draft-lost",
      message: "edge/a/m disappeared from the draft before publication",
    });
  });
});
