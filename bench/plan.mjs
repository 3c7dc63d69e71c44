// Plan, unchanged run and landing of branches with many models.
// Usage: node bench/plan.mjs [COUNT,COUNT…] [OUT.json] [--store file|lakefs] [--beside FOREIGN] [--land COUNT]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuse, wholeNumber, wordsOf } from "../scripts/parts/words.mjs";
import { report } from "./measure.mjs";
import { folderFleet } from "./parts/fleet-branch.mjs";
import { lakefsFleet } from "./parts/fleet-lakefs.mjs";
import { landed, unchanged } from "./parts/fleet-steps.mjs";

const { values, positionals } = wordsOf({
  store: { type: "string", default: "file" },
  beside: { type: "string", default: "0" },
  land: { type: "string", default: "0" },
});
const [counts = "1000,10000", file = "model-to-edge-out/bench/plan.json"] =
  positionals;
const [beside, toLand] = [values.beside, values.land].map(wholeNumber);
const makers = { file: folderFleet, lakefs: lakefsFleet };
const makeStore = makers[values.store];
if (!makeStore) refuse(`--store is one of ${Object.keys(makers).join(", ")}`);

/** Seconds of the whole unchanged run. */
const BUDGET = new Map([
  [1000, 1.5],
  [10_000, 10],
]);

const rows = [];
for (const count of counts.split(",").map(wholeNumber))
  if (count > 0)
    await withFleet(async (fleet) => {
      await fleet.makeFleet("main", count);
      const alone = await measureUnchanged(fleet, count);
      if (beside === 0) return;

      await fleet.addForeign("main", beside);
      await measureUnchanged(fleet, count, alone);
    });

if (toLand > 0)
  await withFleet(async (fleet) => {
    await fleet.emptyBranch("main");
    await fleet.makeFleet("feature--x", toLand);
    const took = await landed(fleet, "feature/x", toLand);
    rows.push(
      row(`land, ${toLand} new models, each checked again`, took),
      row(`land, ${toLand} new models, beside those checks`, {
        ...took,
        ...took.beside,
      }),
    );
  });

report(
  `Plan, unchanged run and landing, toy engine, ${values.store === "file" ? "folder store" : "a real lakeFS"}`,
  rows,
  file,
  true,
);

async function withFleet(work) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-fleet-"));
  const fleet = await makeStore(folder);
  try {
    await work(fleet);
  } finally {
    await fleet.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows of `plan` and `run`; the processor time of each. `alone`: that without foreign objects, for the ratio. */
async function measureUnchanged(fleet, count, alone = null) {
  const spent = {};
  for (const command of ["plan", "run"]) {
    const took = await unchanged(fleet, command, count);
    spent[command] = took.cpu;

    const what = `${command}, ${count} models, nothing changed`;
    const budget = command === "run" ? BUDGET.get(count) : undefined;
    if (alone)
      rows.push(
        row(`${what}, beside ${beside} foreign objects`, took, {
          ratio: took.cpu / alone[command],
        }),
      );
    else
      rows.push({
        ...row(what, took),
        ...(budget && { budget: `<= ${budget} s`, ok: took.seconds <= budget }),
      });
  }

  return spent;
}

function row(what, { seconds, cpu, own }, more = {}) {
  const ratio = more.ratio ? `, ${more.ratio.toFixed(2)} x` : "";
  return {
    what,
    value: `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the processor, ${(own / 2 ** 20).toFixed(0)} MiB${ratio}`,
    ...{ seconds, cpu, own },
    ...more,
  };
}
