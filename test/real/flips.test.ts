import { appendFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Exchange, FaultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { random } from "../support/random.ts";
import { useToyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
const ROUNDS = Number(process.env.FLIPS ?? 6);
const SEED = Number(process.env.FLIPS_SEED ?? Date.now() % 1e9);
/** Where a long run notes each round, to be looked at meanwhile. */
const NOTES = process.env.FLIPS_NOTES;

describe.skipIf(!parts)("runs behind a proxy that flips one byte", () => {
  const at = useToyLakefs(parts);

  /** A run on new weights that meets one flip. */
  async function strikeOnce(calls: number, dice: ReturnType<typeof random>) {
    await at.toy.newWeights();
    const before = await at.toy.published();
    const strike = planStrike(at.proxy, calls, dice);
    const { code, stdout } = await at.toy.run();
    const struck = strike();
    const after = await at.toy.published();

    const isPublished = code === 0 && after === at.toy.newest();
    const isRefused =
      code === 3 && after === before && namesObject(stdout, struck);
    return {
      code: String(code),
      isRight: isPublished || isRefused,
      says: `exit ${code}, version ${before} then ${after}, ${struck || "no call met it"}${isPublished ? "" : `\n${stdout}`}`,
    };
  }

  test(`${ROUNDS} of them publish the store's bytes, or nothing (FLIPS_SEED=${SEED})`, {
    timeout: 60_000 + ROUNDS * 30_000,
  }, async () => {
    const dice = random(SEED);
    const good = await at.toy.run();
    expect(good.code, good.stdout).toBe(0);
    const calls = at.proxy.exchanges.length;
    const odd: string[] = [];
    const codes: Record<string, number> = {};

    for (let round = 1; round <= ROUNDS; round++) {
      const outcome = await strikeOnce(calls, dice);
      codes[outcome.code] = (codes[outcome.code] ?? 0) + 1;
      if (NOTES) appendFileSync(NOTES, `${round} ${outcome.says}\n`);
      if (!outcome.isRight) odd.push(`${round} ${outcome.says}`);
    }

    console.log(`${ROUNDS} rounds, seed ${SEED}: ${JSON.stringify(codes)}`);
    expect(odd).toEqual([]);
  });
});

/** One byte of one body of the next run; afterwards the function says which one it was, "" for none. */
function planStrike(
  proxy: FaultProxy,
  calls: number,
  dice: ReturnType<typeof random>,
): () => string {
  const [wanted, at, mask] = [
    dice.below(calls),
    dice.uniform(),
    1 + dice.below(255),
  ];
  const inAnswer = dice.uniform() < 0.5;
  let [seen, struck] = [0, ""];
  const strikes = (flip: "answer" | "request") => (exchange: Exchange) => {
    const { method, path, query } = exchange;
    const body = bodyOf(method, inAnswer);
    if (seen <= wanted || body !== flip || struck) return false;
    struck = `${flip} of ${method} ${path}?${query}, at ${at.toFixed(3)}, mask ${mask}`;
    return true;
  };
  proxy.forget();
  proxy.before(
    () => {
      seen++;
      return false;
    },
    async () => {},
  );
  proxy.fail(strikes("answer"), { flip: "answer", at, mask });
  proxy.fail(strikes("request"), { flip: "request", at, mask });
  return () => struck;
}

/** Where a body is: uploads have theirs in the request, readings in the answer, and the others in both. */
function bodyOf(method: string, inAnswer: boolean): string {
  if (method === "DELETE") return "none";
  if (method === "GET") return "answer";
  return method === "PUT" || !inAnswer ? "request" : "answer";
}

/** What failed is an object: then its path is said. */
function namesObject(said: string, struck: string): boolean {
  const path = /(?:model|edge|evidence)\/det\/[a-z0-9.]+(?=[?,])/i.exec(struck);
  return !path || said.includes(path[0]);
}
