import { appendFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CommandRun } from "../support/command-line.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import {
  allStrikes,
  plan,
  type Strike,
  someOf,
} from "../support/recorded-faults.ts";
import { useToyLakefs } from "./toy-lakefs.ts";

const parts = await realLakefs();
/** How many of the strikes are tried: a few in `npm test`, all by `npm run test:fire`. */
const { FIRE = "8" } = process.env;
const COUNT = FIRE === "all" ? Number.POSITIVE_INFINITY : Number(FIRE);
/** Where a long run notes each strike, to be looked at meanwhile. */
const NOTES = process.env.FIRE_NOTES;
/** A stalled request is given up after a second. */
const HURRY = ["--patience", "4s"];

describe.skipIf(!parts)("a run, each of whose calls goes wrong", () => {
  const at = useToyLakefs(parts);

  async function goodRun(): Promise<Strike[]> {
    await at.toy.run(HURRY);
    await at.toy.newWeights();
    at.proxy.forget();
    const good = await at.toy.run(HURRY);
    expect(good.code, good.stdout).toBe(0);
    return allStrikes(at.proxy.exchanges);
  }

  test("publishes once or not at all, says so, and leaves nothing behind", {
    timeout: FIRE === "all" ? 3 * 3_600_000 : 600_000,
  }, async () => {
    const strikes = someOf(await goodRun(), COUNT);
    const wrong: string[] = [];
    const codes: Record<string, number> = {};

    for (const strike of strikes) {
      const { code, problems } = await strikeOnce(strike);
      codes[code] = (codes[code] ?? 0) + 1;
      const line = `${strike.says}: exit ${code}${problems.map((problem) => `\n  ${problem}`).join("")}`;
      if (NOTES) appendFileSync(NOTES, `${line}\n`);
      if (problems.length > 0) wrong.push(line);
    }

    console.log(`${strikes.length} strikes: ${JSON.stringify(codes)}`);
    expect(wrong).toEqual([]);
  });

  /** One run on new weights, and the run after it where the first left something to do. */
  async function strikeOnce(strike: Strike) {
    const [version, known] = [await at.toy.published(), await commits()];
    await at.toy.newWeights();
    const isMet = plan(at.proxy, strike);
    const run = await at.toy.run(HURRY);
    const problems = isMet() ? [] : ["no call met it"];
    at.proxy.forget();

    const after = await at.toy.published();
    const merges = (await commits()).filter(
      ({ id, parents }) =>
        parents.length === 2 && !known.some((before) => before.id === id),
    ).length;
    problems.push(...judge(run, { version, after, merges }));

    if (run.code !== 0 || (await at.toy.drafts()).length > 0)
      problems.push(...(await runAgain()));

    return { code: String(run.code), problems };
  }

  /** `version` and `after`: what was published before and is now. */
  function judge(
    { code, stdout }: CommandRun,
    { version, after, merges }: Record<"version" | "after" | "merges", number>,
  ): string[] {
    const isNew = after === at.toy.newest();
    const rules: [holds: boolean, says: string][] = [
      [isNew || after === version, `version ${after} after ${version}`],
      [merges === (isNew ? 1 : 0), `${merges} merges, new: ${isNew}`],
      [code === 0 || code === 3, stdout],
      [code !== 0 || isNew, "exit 0, and not published"],
      [code !== 3 || /next: |hint: /.test(stdout), `no next step:\n${stdout}`],
    ];
    return rules.filter(([holds]) => !holds).map(([, says]) => says);
  }

  /** What is wrong with the run after one that something befell. */
  async function runAgain(): Promise<string[]> {
    const next = await at.toy.run(HURRY);
    const drafts = await at.toy.drafts();
    return [
      ...(next.code === 0 ? [] : [`the next run: ${next.stdout}`]),
      ...((await at.toy.published()) === at.toy.newest()
        ? []
        : ["still not published"]),
      ...(drafts.length === 0 ? [] : [`left: ${drafts}`]),
    ];
  }

  const commits = () => at.toy.branch.log();
});
