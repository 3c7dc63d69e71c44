import type { Exchange, Fault, FaultProxy } from "./fault-proxy.ts";

/** One call of a run, by its place in the run, and what befalls it. */
export interface Strike {
  /** From 0. */
  call: number;
  fault: Fault;
  /** `POST …/commits (12): lost-answer`. */
  says: string;
}

/** Every way in which a call can go wrong, in words. */
const WAYS: readonly [name: string, fault: Fault][] = [
  ["delay", { delay: 300 }],
  ["stall", "stall"],
  ["reset", "reset"],
  ["lost-answer", "lost-answer"],
  ["cut", "cut"],
  ["429", 429],
  ["500", 500],
  ["503", 503],
  ["flip of the answer", { flip: "answer", at: 0.5 }],
  ["flip of the request", { flip: "request", at: 0.5 }],
];

/** All that can befall the calls of a good run, one by one. */
export function allStrikes(calls: readonly Exchange[]): Strike[] {
  return calls.flatMap((exchange, call) =>
    WAYS.filter(([, fault]) => canBefall(exchange, fault)).map(
      ([name, fault]) => ({
        call,
        fault,
        says: `${shapeOf(exchange)} (${call}): ${name}`,
      }),
    ),
  );
}

/** Some of them, the middles of equal stretches; all where `count` is not less. */
export function someOf<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, index) => all[Math.floor((index + 0.5) * step)],
  ).filter((item) => item !== undefined);
}

/** One strike of each kind of call and way: a listing more breaks as the others do. */
export function oneOfEach(strikes: readonly Strike[]): Strike[] {
  const kinds = new Map(
    strikes.map((strike) => [strike.says.replace(/ \(\d+\)/, ""), strike]),
  );
  return [...kinds.values()];
}

/** Plans the strike for the next run; the function says afterwards whether a call met it. */
export function plan(
  proxy: FaultProxy,
  { call, fault }: Strike,
): () => boolean {
  let seen = 0;
  proxy.forget();
  proxy.fail(() => seen++ === call, fault);
  return () => proxy.unmet() === 0;
}

/** Method and path without names that differ from run to run. */
function shapeOf({ method, path }: Exchange): string {
  const shape = path
    .replace(/^\/api\/v1\/repositories\/[^/]+/, "")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "COMMIT")
    .replaceAll(/mte-draft-[^/]+/g, "DRAFT")
    .replace(/^\/r[0-9a-f]{16}\//, "");
  return `${method} ${shape || "/"}`;
}

/** A body can only be changed where there is one. */
function canBefall({ method }: Exchange, fault: Fault): boolean {
  if (typeof fault !== "object" || !("flip" in fault)) return true;
  return fault.flip === "answer"
    ? ["GET", "POST"].includes(method)
    : ["PUT", "POST"].includes(method);
}
