// Transfers to and from a real lakeFS, in turns with curl, s5cmd, lakectl and rclone: time, processor, memory.
// Usage: node bench/transfer.mjs [OUT.json] [--get]; BENCH_ROUNDS, BENCH_MIB and BENCH_FILES make it larger or smaller. Linux only.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wordsOf } from "../scripts/parts/words.mjs";
import { report } from "./measure.mjs";
import { fillFolder } from "./parts/random-files.mjs";
import { casesOf, filesOf } from "./parts/transfer-jobs.mjs";
import { benchServer } from "./parts/transfer-server.mjs";
import { rowsOf, stableRuns } from "./parts/transfer-table.mjs";
import { transferTools } from "./parts/transfer-tools.mjs";
import { measured } from "./parts/watch-process.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const LARGE_MIB = Number(process.env.BENCH_MIB ?? 1024);
const SMALL_FILES = Number(process.env.BENCH_FILES ?? 200);
const { values, positionals } = wordsOf({ get: { type: "boolean" } });
const [file = "model-to-edge-out/bench/transfer.json"] = positionals;

const work = mkdtempSync(join(tmpdir(), "model-to-edge-transfer-"));
const server = await benchServer(work);
const clear = async () => {
  await server.stop();
  rmSync(work, { recursive: true, force: true });
};
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => clear().finally(() => process.exit(130)));

try {
  const { tools, missing } = transferTools({
    lakectl: server.lakectl,
    get: values.get === true,
  });
  for (const line of missing) console.log(`left out: ${line}`);

  const kinds = [
    { what: `1 file of ${LARGE_MIB} MiB`, count: 1, mib: LARGE_MIB },
    { what: `${SMALL_FILES} files of 1 MiB`, count: SMALL_FILES, mib: 1 },
  ];
  const runs = [];
  for (const kind of kinds)
    runs.push(...(await kindRuns({ ...tools, ...server, work }, kind)));

  report(
    `Transfers, real lakeFS on this machine, median of ${ROUNDS}`,
    rowsOf(runs),
    file,
    stableRuns(runs),
  );
} finally {
  await clear();
}

/** Runs `{what, way, name, checks, seconds, cpu, own}` of one kind of files, both ways. */
async function kindRuns(tools, { what, count, mib }) {
  const source = join(work, "source");
  await fillFolder(source, count, mib);
  const files = filesOf(source);
  const runs = [];

  const seeded = await tools.seed(source, "seeded/");
  for (let round = -1; round < ROUNDS; round++) {
    const fresh = await tools.fresh();
    const place = {
      prefix: "seeded/",
      files,
      unique: String(10_000_000 + round),
      turn: (round + 1) * 2,
    };
    const up = { ...place, repository: fresh, folder: source };
    const down = { ...place, repository: seeded, folder: join(work, "target") };
    const took = [
      ...(await roundOf("up", tools, up)),
      ...(await roundOf("down", tools, down)),
    ];

    // The first round warms the caches.
    if (round >= 0) runs.push(...took.map((run) => ({ what, ...run })));
    tools.forget(fresh);
  }

  tools.forget(seeded);
  rmSync(source, { recursive: true });
  return runs;
}

/** One run of each program, in another order each round. */
async function roundOf(way, tools, place) {
  const runs = [];
  const jobs = casesOf(way, tools, place);
  // Whoever comes after a large upload waits for the disk: each round begins with another one.
  const first = place.turn % jobs.length;

  for (const job of [...jobs.slice(first), ...jobs.slice(0, first)]) {
    const run = await runOf(way, job, place);
    if (run) runs.push({ way, ...run });
  }

  return runs;
}

async function runOf(way, job, { folder, files }) {
  if (way === "down") {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
  job.before?.();

  const { name, checks, command, words, env } = job;
  const run = await measured(command, words, env).catch((error) => {
    // A peer that its own checks end is said, and left out.
    if (job.tool === "ours") throw error;
    console.log(`left out: ${name}, ${way}: ${error.message.slice(-300)}`);
    return null;
  });

  const there = readdirSync(folder, { recursive: true }).length;
  if (run && there < files.length)
    throw new Error(`${name} left ${there} of ${files.length} files`);

  return run && { name, checks, ...run };
}
