import { describe, expect, test } from "vitest";
import { edgeChange, options, useStore } from "../store/harness.ts";
import { lakefsUnderTest } from "../store/lakefs-under-test.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("an older run on a lakeFS branch", () => {
  const lakefs = useLakefs(parts);
  const at = useStore(() => lakefsUnderTest(lakefs.server));

  test("leaves a newer result also after more commits than one answer of the log holds", async () => {
    const pointer = "edge/a/manifest.json";
    const older = (await at.store.head("main")) ?? "";
    await at.under.write("main", { "model/a/w.pth": "newer" });
    const newer = (await at.store.head("main")) ?? "";
    const ahead = await at.newDraft();
    await ahead.draft.publish(
      [],
      () => edgeChange([], { [pointer]: "newer" }),
      { ...options, input: newer },
    );
    for (let count = 0; count < 60; count++)
      await at.under.write("main", { "model/a/notes.txt": `${count}` });

    const { draft } = await at.newDraft();
    await draft.publish(
      [pointer],
      (target) => {
        expect([...(target.newer ?? [])]).toEqual([pointer]);
        return null;
      },
      { ...options, input: older },
    );
  });

  test("replaces what a person put there by hand", async () => {
    const pointer = "edge/a/manifest.json";
    const input = (await at.store.head("main")) ?? "";
    await at.under.write("main", { [pointer]: "by hand" });

    const { draft } = await at.newDraft();
    await draft.publish(
      [pointer],
      (target) => {
        expect([...(target.newer ?? [])]).toEqual([]);
        return null;
      },
      { ...options, input },
    );
  });
});
