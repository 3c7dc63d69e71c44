import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import {
  allDrafts,
  edgeChange,
  objectsOf,
  options,
  stagedFile,
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

describe.skipIf(!parts)("a lakeFS repository with rules of its own", () => {
  const lakefs = useLakefs(parts);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, { dirtyMs: 400, pauseMs: 20 }),
  );

  test("publishes to a protected branch, which is the recommended case", async () => {
    await lakefs.server.call(
      "PUT",
      at.under.path("/settings/branch_protection"),
      [{ pattern: "main" }],
    );
    await expect
      .poll(() => isProtected(), { timeout: 60_000, interval: 500 })
      .toBe(true);
    const { draft, keep } = await stagedFile(at);
    expect(
      (await draft.publish([], () => edgeChange(keep), options)).status,
    ).toBe("published");
  });

  /** A rule counts after some seconds. The removal of nothing is refused as an upload is, and leaves nothing. */
  async function isProtected(): Promise<boolean> {
    const nothing = at.under.path("/branches/main/objects?path=nothing");

    return lakefs.server.call("DELETE", nothing).then(
      () => false,
      (error: Error) => /protected/.test(error.message),
    );
  }

  test("says so where a rule covers the hidden branches too", async () => {
    await lakefs.server.call(
      "PUT",
      at.under.path("/settings/branch_protection"),
      [{ pattern: "mte-*" }],
    );
    await expect
      .poll(
        () =>
          stagedFile(at).then(
            () => null,
            (error: { code: string }) => error.code,
          ),
        { timeout: 60_000, interval: 500 },
      )
      .toBe("protected");
  });

  /** A hook in Lua that says no, read from the branch `main`. */
  const hook = (event: string, says: string) =>
    at.under.write("main", {
      "_lakefs_actions/rule.yaml": [
        "name: rule",
        `on:\n  ${event}:`,
        "hooks:\n  - id: guard\n    type: lua",
        `    properties:\n      script: |\n        error("${says}")`,
        "",
      ].join("\n"),
    });

  test("is asked before the work: a naming rule refuses the hidden branch, in its own words", async () => {
    await hook("pre-create-branch", "names start with feat or fix");
    const { draft } = await at.newDraft();
    const refused = {
      exitCode: 2,
      code: "hook",
      message: expect.stringMatching(
        /hook guard of action rule .*refuses: names start with feat or fix$/,
      ),
      hint: expect.stringContaining("mte-draft-*"),
    };
    await expect(draft.rehearse()).rejects.toMatchObject(refused);
    await expect(stagedFile(at)).rejects.toMatchObject(refused);
  });

  test("tells of a merge that a hook refuses, as an outcome that the reports can carry", async () => {
    await hook("pre-merge", "needs metadata approved_by");
    const { draft, keep } = await stagedFile(at);
    expect(await draft.publish([], () => edgeChange(keep), options)).toEqual({
      status: "protected",
      message: expect.stringMatching(
        /hook guard of action rule .*: needs metadata approved_by$/,
      ),
      hint: expect.stringContaining("_lakefs_actions/"),
    });
    await draft.discard();
  });

  test("lets a rehearsal pass where it lets a publication pass, and nothing of it stays", async () => {
    const head = await at.store.head("main");
    const { draft } = await at.newDraft();
    await draft.rehearse();
    expect(await allDrafts(at.store)).toEqual([]);
    expect(await at.store.head("main")).toBe(head);
    await hook("pre-commit", "no commit without a ticket");
    await draft.rehearse();
    const { draft: second, keep } = await stagedFile(at);
    await expect(
      second.publish([], () => edgeChange(keep), options),
    ).rejects.toMatchObject({
      exitCode: 2,
      code: "hook",
      hint: expect.stringContaining("mte-draft-*"),
    });
    await second.discard();
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("is read-only: that is said before the work, and a draft that was never made is no obstacle", async () => {
    const name = `ro${at.under.repository}`;
    await lakefs.server.call("POST", "/repositories", {
      name,
      storage_namespace: `local://${name}`,
      default_branch: "main",
      read_only: true,
    });
    const store = await lakefsStore(
      storeContext({ environment: readEnvironment(lakefs.server.env) }),
      name,
      { webUrl: null },
    );
    const { ref } = await at.newDraft();
    const draft = store.draft(ref);
    await expect(draft.rehearse()).rejects.toMatchObject({
      exitCode: 2,
      code: "protected",
      message: expect.stringContaining("read-only"),
    });
    await draft.discard();
    await store.close();
  });

  test("protects the hidden branches: that is said before the work", async () => {
    await lakefs.server.call(
      "PUT",
      at.under.path("/settings/branch_protection"),
      [{ pattern: "mte-*" }],
    );
    const rehearse = async () =>
      (await at.newDraft()).draft.rehearse().then(
        () => null,
        (error: { code: string }) => error.code,
      );
    await expect
      .poll(rehearse, { timeout: 60_000, interval: 500 })
      .toBe("protected");
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("lost an object's bytes below: the object is named", async () => {
    await at.under.write("main", { "model/a/w": "weights" });
    const { physical_address: address } = await lakefs.server.call<{
      physical_address: string;
    }>("GET", at.under.path("/refs/main/objects/stat?path=model%2Fa%2Fw"));
    await rm(address.replace("local://", ""));
    const snapshot = await at.store.snapshot("main");
    const gone = {
      exitCode: 2,
      code: "object-gone",
      message: expect.stringContaining("model/a/w"),
    };
    await expect(
      snapshot.download(await objectsOf(snapshot, "model/"), at.place()),
    ).rejects.toMatchObject(gone);
    await expect(snapshot.read("model/a/w", 100)).rejects.toMatchObject(gone);
  });
});
