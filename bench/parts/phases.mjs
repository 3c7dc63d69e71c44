// Where the time of one validation goes, by what phase-hook.mjs saw.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const hook = fileURLToPath(new URL("phase-hook.mjs", import.meta.url));

/** Runs the command line once; rows `[phase, milliseconds]`, by the clock. `file` is written. */
export function phasesOf(words, file) {
  const began = Date.now();
  execFileSync(process.execPath, ["--import", hook, ...words], {
    env: { ...process.env, BENCH_PHASES: file },
    stdio: "ignore",
  });

  return rowsOf(began, JSON.parse(readFileSync(file, "utf8")));
}

/** Steps of ONNX Runtime may overlap; a moment counts once, as a run if there is one. */
function rowsOf(began, events) {
  const at = (wanted) => events.find(({ what }) => what === wanted)?.at;
  const last = (wanted) => events.findLast(({ what }) => what === wanted)?.at;
  const steps = events.filter(({ what }) => /^(doing|back)/.test(what));
  const [first, done] = [steps[0]?.at, last("back")];
  const inside = insideOf(steps);

  return [
    ["until the command line's process runs", at("begun") - began],
    [
      "until it starts the process of the checks",
      at("worker started") - at("begun"),
    ],
    ["until that has ONNX Runtime", at("ready") - at("worker started")],
    ["until it loads the model", first - at("ready")],
    ["loading and running", done - first],
    ["- of that, ONNX Runtime is loading or running", inside],
    ["- of that, only comparing", done - first - inside],
    ["until that process has ended", last("worker ended") - done],
    ["until the command line has ended", at("ended") - last("worker ended")],
    ["runs", steps.filter(({ what }) => what === "doing run").length],
  ];
}

/** Milliseconds in which at least one step had begun and not ended. */
function insideOf(steps) {
  let [open, since, sum] = [0, 0, 0];
  for (const { at, what } of steps) {
    if (what === "back") {
      open -= 1;
      if (open === 0) sum += at - since;
    } else {
      if (open === 0) since = at;
      open += 1;
    }
  }

  return sum;
}
