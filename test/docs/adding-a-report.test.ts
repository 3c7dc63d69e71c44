import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { copyRepository, TSC, VITEST } from "./repository-copy.ts";
import { blocksOf } from "./shell-blocks.ts";

const copy = copyRepository(["test/fixtures/engines/toy"]);
afterAll(() => copy.remove());

test("docs/adding-a-report.md leads to a report that a run writes, by one file, one line and one test", {
  timeout: 300_000,
}, () => {
  const [report = "", line = "", example = ""] = blocksOf(
    "adding-a-report.md",
    "ts",
  );
  copy.write("src/report/table.ts", report);
  const writer = "src/commands/run/write-reports.ts";
  const imported =
    'import type { TargetChanges } from "../../report/target-change.ts";';
  copy.insertAfter(
    writer,
    imported,
    'import { renderTable } from "../../report/table.ts";\n',
  );
  copy.insertAfter(writer, '  await writeWhole(file("note.md"), note);', line);
  mkdirSync(join(copy.folder, "test/report"));
  copy.write("test/report/table.test.ts", example);

  copy.node([TSC]);
  copy.node([...VITEST, "test/report/table.test.ts"]);

  // Building is what the tests begin with.
  const model = join(copy.folder, "store/main/model/scale");
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, "model.json"), '{"channels": 2}');
  writeFileSync(join(model, "scale.weights"), '{"w": [2, 3], "b": [0, 1]}');
  const store = pathToFileURL(join(copy.folder, "store")).href;
  copy.node(
    ["dist/cli.js", "run", "--store", store, "--model-branch", "main"],
    { MODEL_TO_EDGE_ENGINES: join(copy.folder, "test/fixtures/engines/toy") },
  );

  const table = join(copy.folder, "model-to-edge-out/report/table.csv");
  expect(readFileSync(table, "utf8")).toMatch(
    /^"model","may ship","bytes"\n"scale","yes","\d+"\n$/,
  );
});
