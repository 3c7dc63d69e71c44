import { expect, test } from "vitest";
import { type StoreHarness, type StoreUnderTest, textAt } from "./harness.ts";

const POINTER = "edge/a/m";

/** What a landing does where somebody removed the records of publications. `removeRecords`: all of them. */
export function removedRecord<T extends StoreUnderTest>(
  at: StoreHarness<T>,
  removeRecords: () => Promise<unknown>,
): void {
  test("without the records of what the target published, a landing puts nothing over it", async () => {
    await at.publish({}, [], { [POINTER]: "1" });
    await at.store.createBranch("feature", "main");
    await at.publish({}, [], { [POINTER]: "2" });
    await at.publish({ other: "3" });
    await removeRecords();

    const store = await at.under.opened();
    const take = [POINTER];
    const landing = store.land({
      ...{ source: "feature", at: (await store.head("feature")) ?? "" },
      ...{ target: "main", message: "land", metadata: { landed: "1" } },
      models: [{ folder: "model/a", take, pointer: POINTER, remove: [] }],
    });

    await expect(landing).rejects.toMatchObject({
      ...{ code: "index-damaged", exitCode: 2 },
      message: expect.stringContaining("unknown what branch main published"),
    });
    expect(await textAt(await store.named("main"), POINTER)).toBe("2");
    await store.close();
  });
}
