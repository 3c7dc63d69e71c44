// Loaded into the command line by `--import`: writes when its processes begin and end, and what the worker says, to the file BENCH_PHASES.
import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";

const events = [];
const note = (what) => events.push({ at: Date.now(), what });

note("begun");
subscribe("child_process", ({ process: child }) =>
  process.nextTick(() => watch(child)),
);
process.on("exit", () => {
  note("ended");
  writeFileSync(process.env.BENCH_PHASES, JSON.stringify(events));
});

function watch(child) {
  const pipe = child.stdio?.[3];
  const name = pipe ? "worker" : "helper";
  note(`${name} started`);
  child.once("exit", () => note(`${name} ended`));

  let rest = "";
  pipe?.on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop();
    for (const line of lines) {
      // Long messages are findings, cut into several lines.
      const say = /^\.\{"say":"(\w+)"/.exec(line)?.[1];
      note(say === "doing" ? `doing ${stepOf(line)}` : (say ?? "found"));
    }
  });
}

function stepOf(line) {
  return JSON.parse(line.slice(1)).step.kind;
}
