// The steps of a fleet around its jobs, for many converted models. Usage: node bench/publish.mjs [COUNT,COUNT…] [OUT.json]
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { wholeNumber, wordsOf } from "../scripts/parts/words.mjs";
import { report } from "./measure.mjs";
import { fleetEnv, namesOf } from "./parts/fleet-models.mjs";
import { measured } from "./parts/watch-process.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [numbers = "250,1000", file = "model-to-edge-out/bench/publish.json"] =
  wordsOf().positionals;
const counts = numbers.split(",").map(wholeNumber);
const MAX_JOBS = 50;
const JOB = { CI_PIPELINE_ID: "1", CI_JOB_NAME: "fleet-plan" };

const rows = [];
for (const count of counts) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-publish-"));
  try {
    rows.push(...(await measureSteps(folder, namesOf(count))));
  } finally {
    process.chdir(root);
    rmSync(folder, { recursive: true, force: true });
  }
}

report(
  "A fleet's steps around its convert jobs, toy engine, folder store",
  rows,
  file,
  true,
);

/** `plan` and `fleet` of all models; one is converted, its documents and drafts become those of all; then `publish`. */
async function measureSteps(folder, names) {
  // `fleet` takes an output folder below the one that it runs in.
  process.chdir(folder);
  const [first] = names;
  const branch = join(folder, "store/main");
  const fixture = join(root, "test/fixtures/consumer/store/main/model/scale");
  for (const name of names)
    cpSync(fixture, join(branch, "model", name), { recursive: true });

  const out = join(folder, "out");
  const store = ["--store", pathToFileURL(join(folder, "store")).href];
  const run = (command, ...words) =>
    measured(
      process.execPath,
      [join(root, "dist/cli.js"), command, "--out", "out", ...words],
      { ...fleetEnv, ...JOB },
    );

  const plan = ["--model-branch", "main", "--engine", "toy"];
  await run("plan", ...store, ...plan, "--models", first);
  await run("convert", ...store, "--isolation", "none");
  const model = takeModel(folder, out, first);

  const planned = await run("plan", ...store, ...plan);
  const images = ["--image", "runner:1", "--engine-images", "toy=toy:1"];
  const spread = await run("fleet", "--max-jobs", MAX_JOBS, ...images);
  const child = statSync(join(out, "child-pipeline.yml")).size;
  const text = readFileSync(join(out, "plan.json"), "utf8");
  const { draft } = JSON.parse(text);
  const to = join(folder, "store/.model-to-edge/drafts", draft.id);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "draft.json"), JSON.stringify(draft));
  const of = { ...model, to, out, plan: sha256(text) };
  for (const name of names) putModel(name, of);

  const published = await run("publish", ...store);
  if (!published.output.includes("publication: published"))
    throw new Error(published.output);

  const row = (what, { seconds, cpu, own }, more = "") => ({
    what: `${what}, ${names.length} models`,
    value: `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the processor, ${(own / 2 ** 20).toFixed(0)} MiB${more}`,
    ...{ seconds, cpu, own },
  });

  return [
    row("plan", planned),
    row(`fleet in ${MAX_JOBS} jobs`, spread, `; ${child} bytes of YAML`),
    row("publish", published),
  ];
}

/** What converting one model left: its documents, and its files in the draft. Both are gone from where they were. */
function takeModel(folder, out, name) {
  const drafts = join(folder, "store/.model-to-edge/drafts");
  const [draft] = readdirSync(drafts);
  const kept = join(folder, "kept");
  cpSync(join(drafts, draft), join(kept, "draft"), { recursive: true });
  cpSync(join(out, "models", name), join(kept, "model"), { recursive: true });
  rmSync(drafts, { recursive: true });
  rmSync(out, { recursive: true });

  return { kept, name };
}

/** The same for another model, of another plan and in its draft. */
function putModel(name, { kept, name: first, to, out, plan }) {
  for (const place of ["edge", "evidence"])
    cpSync(
      join(kept, "draft/files", place, first),
      join(to, "files", place, name),
      { recursive: true },
    );

  const documents = join(out, "models", name);
  mkdirSync(documents, { recursive: true });
  cpSync(join(kept, "model/verdict.json"), join(documents, "verdict.json"));
  const conversion = readFileSync(join(kept, "model/conversion.json"), "utf8")
    .replaceAll(`/${first}/`, `/${name}/`)
    .replace(`"name": "${first}"`, `"name": "${name}"`)
    .replace(/"plan": "[0-9a-f]{64}"/, `"plan": "${plan}"`);
  writeFileSync(join(documents, "conversion.json"), conversion);
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}
