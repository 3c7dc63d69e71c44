import { describe, expect, test } from "vitest";
import { inParallel } from "../../src/store/parallel.ts";
import { objectsOf, textAt, useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import type { Exchange } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();

/** More objects than one page of lakeFS's listing holds. */
const MANY = 1_001;

const isNextPage = ({ path, query }: Exchange) =>
  path.endsWith("/objects/ls") && Boolean(query.get("after"));

describe.skipIf(!parts)("a lakeFS branch that gets commits meanwhile", () => {
  const lakefs = useLakefs(parts);
  const through = useFaultProxy(lakefs);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, {}, through.proxy.endpoint),
  );

  test("is listed, read and downloaded as it was when it was opened, also between two pages", async () => {
    const names = Array.from(
      { length: MANY },
      (_, index) => `model/n/${index}`,
    );
    await inParallel(names, 16, (name) =>
      at.under.upload("main", { [name]: "many" }),
    );
    await at.under.write("main", { "edge/a/m": "first" });
    const snapshot = await at.store.snapshot("main");
    const before = await objectsOf(snapshot, "");
    expect(before).toHaveLength(MANY + 3);

    through.proxy.before(isNextPage, () =>
      at.under.write("main", {
        "edge/a/m": "second",
        "model/a/w.pth": "others",
        "model/a/config.py": null,
        "model/n/999": null,
        "model/z/new": "new",
      }),
    );
    expect(await objectsOf(snapshot, "")).toEqual(before);
    expect(through.proxy.exchanges.filter(isNextPage)).toHaveLength(2);

    // The person's commit is there, and another snapshot shows it.
    expect(await at.store.head("main")).not.toBe(snapshot.id);
    expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe(
      "second",
    );
    expect(await textAt(snapshot, "edge/a/m")).toBe("first");
    expect(await textAt(snapshot, "model/a/config.py")).toBe("x = 1\n");
    expect(await textAt(snapshot, "model/z/new")).toBeNull();

    const model = before.filter(({ path }) => path.startsWith("model/a/"));
    const files = await snapshot.download(model, at.place());
    expect(files.map(({ path, token }) => [path, token])).toEqual(
      model.map(({ path, token }) => [path, token]),
    );
  });
});
