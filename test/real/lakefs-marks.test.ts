import { describe, expect, test } from "vitest";
import {
  edgeChange,
  options,
  pathsOf,
  stagedFile,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const MARK = "model-to-edge.draft";

interface Commit {
  id: string;
  parents: string[];
  metadata: Record<string, string>;
}

/** Where lakeFS has users, a commit of the pipeline's with the mark of a publication is its word for what it changed. */
describe.skipIf(!parts)("the mark of a publication in lakeFS's log", () => {
  const lakefs = useLakefs(parts);
  const at = useStore<LakefsUnderTest>(() => lakefsUnderTest(lakefs.server));

  /** Whether a commit brought a file that nobody checked. */
  async function isEvil({ id, parents: [before = ""] }: Commit) {
    const evil = async (ref: string) =>
      (await pathsOf(await at.store.named(ref), "edge/")).filter((path) =>
        path.endsWith("/evil"),
      ).length;

    return (await evil(id)) > (await evil(before));
  }

  test.each<[string, boolean]>([
    ["after a model was kept", true],
    ["while the target moved", false],
  ])(
    "is on no commit that took in what somebody wrote to the hidden branch %s",
    async (_when, isKept) => {
      const { draft, ref, keep } = await stagedFile(at);
      const write = { "edge/a/manifest.json": "of a" };
      if (isKept) await draft.keep(edgeChange(keep, write), options);
      else await at.under.write("main", { "edge/b/m": "theirs" });
      await at.under.upload(ref.id, { "edge/x/evil": "nobody checked it" });
      const outcome = await draft.publish(
        [],
        () => edgeChange(keep, { "edge/a/manifest.json": "published" }),
        options,
      );
      expect(outcome.status).toBe("published");

      const page = await lakefs.server.call<{ results: Commit[] }>(
        "GET",
        at.under.path("/refs/main/commits?amount=100"),
      );
      const marks: (string | undefined)[] = [];
      for (const commit of page.results)
        if (commit.parents.length > 0 && (await isEvil(commit)))
          marks.push(commit.metadata[MARK]);
      expect(marks).toEqual([undefined]);
    },
  );
});
