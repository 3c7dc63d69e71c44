// Runs a program of the zoo within a time and a memory limit.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./zoo-files.mjs";

const MINUTE = 60_000;
const BYTES = 8e9;
const [PAGE, TICKS_PER_SECOND] = [4096, 100];
/** Limit of each step of a row, in milliseconds. */
const LIMITS = { make: 8 * MINUTE, run: 20 * MINUTE, validate: 10 * MINUTE };

/**
 * Runs `{command, args, file?}` as a step of a row. `{code, peak, cpu, tail, problem}`;
 * `peak` in bytes; `cpu` in seconds, of all its processes; stdout also into `file`.
 */
export function bounded({ command, args, file }, step, setup) {
  const { row, log } = setup;
  const milliseconds = LIMITS[step];
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      OMP_NUM_THREADS: process.env.OMP_NUM_THREADS ?? "2",
      CI: "",
    };
    const child = spawn(command, args, {
      cwd: setup.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let [text, output, peak, cpu, problem] = ["", "", 0, 0, null];
    const stop = (why) => {
      problem ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(
      () => stop(`${step} took more than ${milliseconds / MINUTE} minutes`),
      milliseconds,
    );
    const watch = setInterval(() => {
      const used = usedBelow(child.pid);
      peak = Math.max(peak, used.bytes);
      cpu = Math.max(cpu, used.seconds);
      if (peak > BYTES) stop(`${step} took more than ${BYTES / 1e9} GB`);
    }, 500);
    const onInterrupt = () => killGroup(child.pid);
    process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
    child.stdout.on("data", (data) => {
      output += data;
      text = (text + data).slice(-100_000);
    });
    child.stderr.on("data", (data) => {
      text = (text + data).slice(-100_000);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      clearInterval(watch);
      process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
      mkdirSync(setup.logs, { recursive: true });
      writeFileSync(join(setup.logs, `${row.name}.${step}.log`), text);
      if (file) writeFileSync(file, output);
      if (code !== 0)
        log(
          `${row.name}: ${step} ended with ${code}${problem ? `: ${problem}` : ""}`,
        );
      resolve({
        code,
        peak,
        cpu,
        problem,
        tail: text.trim().split("\n").at(-1) ?? "",
      });
    });
  });
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGTERM");
    setTimeout(() => process.kill(-pid, "SIGKILL"), 5000).unref();
  } catch {
    // It has ended already.
  }
}

/**
 * Of a process and all below it, also in other process groups: resident bytes, and the CPU seconds of them and of those
 * they have waited for. 0 where there is no /proc.
 */
function usedBelow(root) {
  const [children, processes] = [new Map(), new Map()];
  for (const name of existsSync("/proc/self/stat")
    ? readdirSync("/proc")
    : []) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readText(`/proc/${name}/stat`);
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!fields) continue;
    const [pid, parent] = [Number(name), Number(fields[1])];
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    processes.set(pid, usedBy(fields));
  }
  const sum = (pid) =>
    (children.get(pid) ?? [])
      .map(sum)
      .reduce(added, processes.get(pid) ?? { bytes: 0, seconds: 0 });
  return sum(root);
}

/** fields: of /proc/PID/stat, from the state on. */
function usedBy(fields) {
  const ticks = fields.slice(11, 15).map(Number);
  return {
    bytes: Number(fields[21]) * PAGE,
    seconds: ticks.reduce((a, b) => a + b) / TICKS_PER_SECOND,
  };
}

function added(a, b) {
  return { bytes: a.bytes + b.bytes, seconds: a.seconds + b.seconds };
}
