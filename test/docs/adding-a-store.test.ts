import { afterAll, expect, test } from "vitest";
import { copyRepository, TSC, VITEST } from "./repository-copy.ts";
import { blocksOf } from "./shell-blocks.ts";

const copy = copyRepository(["test/store"]);
afterAll(() => copy.remove());

test("docs/adding-a-store.md leads to a store that the conformance suite takes", {
  timeout: 300_000,
}, () => {
  const [store = "", kind = "", read = "", open = "", example = ""] = blocksOf(
    "adding-a-store.md",
    "ts",
  );
  copy.write("src/store/disk.ts", store);
  const address = "src/store/store-url.ts";
  copy.insertAfter(address, '  | { kind: "lakefs"; repository: string }', kind);
  copy.insertAfter(
    address,
    '  if (scheme === "file") return parseFile(url);',
    read,
  );
  copy.insertAfter(
    "src/store/open.ts",
    "  const parsed = parseStoreUrl(url);",
    open,
  );
  copy.write("test/store/disk.test.ts", example);

  copy.node([TSC]);
  const said = copy.node([...VITEST, "test/store/disk.test.ts"], {
    NO_COLOR: "1",
  });
  const [, passed] = /Tests +(\d+) passed \(\1\)/.exec(said) ?? [];
  expect(Number(passed)).toBeGreaterThanOrEqual(20);
});
