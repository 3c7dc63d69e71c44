// Rows of the table of transfers: each program, and ours beside the ones that a budget names.
import { isStable, median } from "../measure.mjs";

import { BARE } from "./transfer-jobs.mjs";

const OURS = "model-to-edge";
const MIB = 2 ** 20;
/** Peak memory of our process, whatever the size. */
const MEMORY = 200 * MIB;

/** Rows for `report`, of runs `{what, way, name, checks, seconds, cpu, own}`. */
export function rowsOf(runs) {
  return groupsOf(runs).flatMap(({ what, way, names }) => [
    ...names.map((named) => programRow(what, way, named)),
    ...budgetRows(what, way, names),
  ]);
}

/** Whether each of our own transfers took about the same each time. */
export function stableRuns(runs) {
  return groupsOf(runs).every(({ names }) =>
    names
      .filter(({ name }) => name === OURS)
      .every((ours) => isStable(ours.runs.map(({ seconds }) => seconds))),
  );
}

function groupsOf(runs) {
  const keys = [...new Set(runs.map(({ what, way }) => `${what}\n${way}`))];
  return keys.map((key) => {
    const [what, way] = key.split("\n");
    const here = runs.filter((run) => run.what === what && run.way === way);
    const names = [...new Set(here.map(({ name }) => name))].map((name) => {
      const own = here.filter((run) => run.name === name);
      const middle = (field) => median(own.map((run) => run[field]));
      return {
        ...{ name, runs: own, checks: own[0].checks },
        ...{ seconds: middle("seconds"), cpu: middle("cpu") },
        own: Math.max(...own.map((run) => run.own)),
      };
    });
    return { what, way, names };
  });
}

function programRow(what, way, { name, runs, seconds, cpu, own }) {
  const least = Math.min(...runs.map((run) => run.seconds));
  return {
    what: `${what} ${way}: ${name}`,
    value: `${seconds.toFixed(2)} s (least ${least.toFixed(2)}), ${cpu.toFixed(2)} s of the processor, ${(own / MIB).toFixed(0)} MiB`,
    ...{ name, seconds, least, cpu, own },
  };
}

function budgetRows(what, way, names) {
  const ours = names.find(({ name }) => name === OURS);
  const peers = names.filter(({ name }) => name !== OURS && name !== BARE);
  const isLarge = what.startsWith("1 file");
  const rows = [];

  const ratio = (peer, label, most) => {
    if (!peer) return;
    const times = ours.seconds / peer.seconds;
    rows.push({
      what: `${what} ${way}: ours / ${label}`,
      value: `${times.toFixed(2)} x, processor ${(ours.cpu / peer.cpu).toFixed(2)} x`,
      ratio: times,
      ...(most && { budget: `<= ${most} x`, ok: times <= most }),
    });
  };
  const fastest = (of) =>
    of.toSorted((a, b) => a.seconds - b.seconds)[0] ?? null;
  const named = (word) => peers.find(({ name }) => name === word);

  if (isLarge && way === "up") {
    const tools = peers.filter(({ name }) => name !== "curl");
    ratio(fastest(tools), `the fastest, ${fastest(tools)?.name}`, 1);
  } else if (isLarge) {
    const checking = fastest(peers.filter(({ checks }) => checks));
    ratio(checking, `the fastest that checks, ${checking?.name}`, 1.5);
    ratio(fastest(peers), `the fastest, ${fastest(peers)?.name}`, 1.5);
  } else {
    ratio(named("lakectl"), "lakectl", 1);
    ratio(fastest(peers), `the fastest, ${fastest(peers)?.name}`);
  }
  ratio(
    names.find(({ name }) => name === BARE),
    BARE,
  );
  rows.push({
    what: `${what} ${way}: our memory`,
    value: `${(ours.own / MIB).toFixed(0)} MiB`,
    budget: `<= ${MEMORY / MIB} MiB`,
    ok: ours.own <= MEMORY,
  });

  return rows;
}
