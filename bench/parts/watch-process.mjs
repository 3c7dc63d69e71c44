// Runs a program and watches memory and processor time of it and of all processes that it starts. Linux only: reads /proc.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const EVERY_MS = 10;

/** Of the kernel's clock. */
const TICKS_A_SECOND = 100;

/**
 * `{seconds, cpu, output, told, own, children}`: wall and processor time, standard output, and peaks in bytes of itself and of
 * its largest child. Processor time is fair also where the machine does other work. `told`: what it wrote when, as
 * `{seconds, cpu, text}` since the start.
 */
export function measured(command, words, env = {}) {
  const start = performance.now();
  const child = spawn(command, words, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const peaks = new Map();
  const spent = new Map();
  const look = () => {
    for (const pid of [child.pid, ...descendants(child.pid)]) {
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
      spent.set(pid, Math.max(spent.get(pid) ?? 0, secondsOf(pid)));
    }
  };
  const timer = setInterval(look, EVERY_MS);
  const secondsNow = () => (performance.now() - start) / 1000;
  const cpuNow = () => [...spent.values()].reduce((sum, each) => sum + each, 0);
  const told = [];
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
    told.push({ seconds: secondsNow(), cpu: cpuNow(), text: String(chunk) });
  });
  child.stderr.on("data", (chunk) => (errors += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      const seconds = secondsNow();
      if (code !== 0)
        return reject(
          new Error(`${words[0]} ended with ${code}:\n${output}${errors}`),
        );
      const { [child.pid]: own = 0, ...others } = Object.fromEntries(peaks);
      return resolve({
        seconds,
        cpu: cpuNow(),
        ...{ output, told },
        own,
        children: Math.max(0, ...Object.values(others)),
      });
    });
  });
}

function descendants(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The kernel keeps the highest resident size: it is exact however seldom we look. */
function peakOf(pid) {
  return (
    Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) *
    1024
  );
}

/** In user and kernel mode, up to now; what its name in brackets holds is skipped. */
function secondsOf(pid) {
  const [, ...fields] =
    read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[10] ?? 0) + Number(fields[11] ?? 0)) / TICKS_A_SECOND;
}

/** Empty where the process is gone. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
