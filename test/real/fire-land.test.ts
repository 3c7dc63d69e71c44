import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import {
  allStrikes,
  oneOfEach,
  plan,
  type Strike,
  someOf,
} from "../support/recorded-faults.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();
/** As for the runs: a few in `npm test`, all by `npm run test:fire`. */
const { FIRE = "5", FIRE_NOTES: NOTES } = process.env;
const COUNT = FIRE === "all" ? Number.POSITIVE_INFINITY : Number(FIRE);

describe.skipIf(!parts)("a landing, each of whose calls goes wrong", () => {
  const at = useLandWorld(parts);

  it("lands once or not at all, says so, and the next one finds it", {
    timeout: FIRE === "all" ? 3 * 3_600_000 : 600_000,
  }, async () => {
    const commit = await at.merged();
    const proxy = await faultProxy(at.server.endpoint);
    const land = async (target: string) =>
      at.story.land(
        commit,
        [
          ...["--target-branch", target, "--delete-branch", "never"],
          ...["--patience", "4s"],
        ],
        { LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint },
      );
    const landings = async (target: string) =>
      (await at.main.onBranch(target).log()).filter(({ message }) =>
        message.startsWith("land "),
      ).length;
    const wanted = await at.feature.hashes(["model/", "edge/", "evidence/"]);

    await at.main.onBranch("good").create("main");
    const good = await land("good");
    expect([good.code, await landings("good")]).toEqual([0, 1]);
    const strikes = oneOfEach(allStrikes(proxy.exchanges));

    /** What is wrong after one strike, and after the landing that follows it. */
    const strikeOnce = async (strike: Strike, target: string) => {
      await at.main.onBranch(target).create("main");
      const isMet = plan(proxy, strike);
      const { code, stdout } = await land(target);
      const problems = isMet() ? [] : ["no call met it"];
      proxy.forget();

      const first = await landings(target);
      const next = await land(target);
      const held = await at.main
        .onBranch(target)
        .hashes(["model/", "edge/", "evidence/"]);
      const rules: [holds: boolean, says: string][] = [
        [code === 0 || code === 3, stdout],
        [first === 1 || (code === 3 && first === 0), `${first} landings`],
        [next.code === 0, `the next one: ${next.stdout}`],
        [(await landings(target)) === 1, "not landed once in the end"],
        [JSON.stringify(held) === JSON.stringify(wanted), "other files"],
      ];
      problems.push(
        ...rules.filter(([holds]) => !holds).map(([, says]) => says),
      );
      return { code, problems };
    };

    const wrong: string[] = [];
    for (const [index, strike] of someOf(strikes, COUNT).entries()) {
      const { code, problems } = await strikeOnce(strike, `t${index}`);
      const line = `${strike.says}: exit ${code}${problems.map((problem) => `\n  ${problem}`).join("")}`;
      if (NOTES) appendFileSync(NOTES, `${line}\n`);
      if (problems.length > 0) wrong.push(line);
    }

    await proxy.close();
    expect(wrong).toEqual([]);
  });
});
