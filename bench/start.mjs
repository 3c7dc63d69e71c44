// What a start costs beside a bare node: processor time in turns, the least of each, and bytes of loaded code.
// Usage: node bench/start.mjs [OUT.json]; after npm run build. Fails where one is a fifth beyond scripts/parts/recorded.mjs.
import { fileURLToPath } from "node:url";
// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import { loadedCode } from "../scripts/parts/loaded-code.mjs";
// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import * as recorded from "../scripts/parts/recorded.mjs";
// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import { withToyStore } from "../scripts/parts/toy-store.mjs";
import { wordsOf } from "../scripts/parts/words.mjs";
import { report } from "./measure.mjs";
import { ownCpu } from "./parts/own-cpu.mjs";

const [file = "model-to-edge-out/bench/start.json"] = wordsOf().positionals;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

await withToyStore(async ({ run, env, reset }) => {
  const cases = {
    bare: { words: ["-e", "0"] },
    "--help": { words: [cli, "--help"], before: recorded.START_RATIO },
    "--version": { words: [cli, "--version"], before: recorded.START_RATIO },
    "a run of one small model": {
      words: [cli, ...run],
      before: recorded.RUN_RATIO,
    },
  };
  const least = Object.fromEntries(
    Object.keys(cases).map((name) => [name, Number.POSITIVE_INFINITY]),
  );

  for (let round = 0; round < ROUNDS; round++)
    for (const [name, { words }] of Object.entries(cases)) {
      reset();
      least[name] = Math.min(least[name], ownCpu(words, env));
    }

  const times = Object.entries(cases).map(([name, { before }]) => {
    const ratio = least[name] / least.bare;
    const value = `${(least[name] * 1000).toFixed(0)} ms, ${ratio.toFixed(2)} x`;
    return before === undefined
      ? { what: name, value }
      : limited({ what: name, value, ratio }, ratio, before, "x");
  });

  reset();
  const code = [
    ["help", loadedCode([cli, "--help"], env)],
    ["run", loadedCode([cli, ...run], env)],
  ].map(([name, { bytes, files }]) =>
    limited(
      {
        what: `code loaded by ${name}`,
        value: `${(bytes / 1024).toFixed(0)} KiB, ${files.length} files`,
        bytes,
      },
      bytes / 1024,
      recorded.LOADED_BYTES[name] / 1024,
      "KiB",
    ),
  );

  report(
    `Start, processor time of the process itself, least of ${ROUNDS}`,
    [...times, ...code],
    file,
    true,
  );
});

/** A row with its limit: a fifth more than was recorded. */
function limited(row, value, before, unit) {
  const limit = recorded.limitOf(before);
  return {
    ...row,
    budget: `<= ${limit.toFixed(2)} ${unit}`,
    ok: value <= limit,
  };
}
