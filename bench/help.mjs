// How long --help and --version take beside a bare node. Usage: node bench/help.mjs [OUT.json]; after npm run build.
import { fileURLToPath } from "node:url";
import { wordsOf } from "../scripts/parts/words.mjs";
import { isStable, median, report, sideBySide } from "./measure.mjs";

const [file = "model-to-edge-out/bench/help.json"] = wordsOf().positionals;
const ROUNDS = 31;
const BUDGET = 1.25;
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

const seconds = sideBySide(
  [
    { name: "node -e 0", command: process.execPath, words: ["-e", "0"] },
    { name: "--help", command: process.execPath, words: [cli, "--help"] },
    { name: "--version", command: process.execPath, words: [cli, "--version"] },
  ],
  ROUNDS,
);
const reference = seconds["node -e 0"];
const bare = median(reference);
const rows = Object.entries(seconds).map(([what, times]) => {
  const ratio = median(times) / bare;
  const value = `${(median(times) * 1000).toFixed(0)} ms, ${ratio.toFixed(2)} x`;
  return what.startsWith("-")
    ? { what, value, ratio, budget: `<= ${BUDGET} x`, ok: ratio <= BUDGET }
    : { what, value };
});
report(
  `Start of the command line, median of ${ROUNDS}`,
  rows,
  file,
  isStable(reference),
);
