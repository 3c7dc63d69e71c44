import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import program from "../../package.json" with { type: "json" };
import { loadModels } from "../../src/commands/run/load-models.ts";
import { loadFleet, loadPlan } from "../../src/commands/run/load-run.ts";
import { B, CONTRADICTIONS, edit } from "./contradictions.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, type FleetSteps, fleetSteps } from "./steps.ts";

const PROGRAM = { version: program.version };

/** The output folder of a fleet of two models whose jobs all ended well, to be harmed in a copy. */
let whole: FleetSteps;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  const measured = CHEAP.replace("performance, ", "");
  const store = makeFleetStore(folder, { a: {}, b: {} }, measured);
  whole = fleetSteps(store);
  await convertBatches(whole, { jobs: 2 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPEED = "models/b/performance.json";

let copies = 0;
function copyOf(): string {
  const out = join(folder, `copy-${copies++}`);
  cpSync(whole.at("."), out, { recursive: true });
  return out;
}

const otherPlan = (text: string) =>
  text.replace(/"plan": "[0-9a-f]{64}"/, `"plan": "${"0".repeat(64)}"`);
const otherVersion = (text: string) =>
  text.replace(/"version": \d+/, '"version": 99');

/** What one job leaves, and what is said of its model. */
const HARMS: [string, (out: string) => unknown, string, RegExp][] = [
  [
    "nothing",
    (out) => rmSync(join(out, "models/b"), { recursive: true }),
    "no-result",
    /^the job "convert 2: b" left no result$/,
  ],
  [
    "a verdict without a conversion",
    (out) => rmSync(join(out, B)),
    "no-result",
    /^the job "convert 2: b" left no result$/,
  ],
  [
    "a conversion of another plan",
    (out) => edit(join(out, B), otherPlan),
    "document-other-plan",
    /b\/conversion\.json does not belong to this plan\.json$/,
  ],
  [
    "a conversion that names no plan",
    (out) =>
      edit(join(out, B), (text) =>
        text.replace(/,\s*"plan": "[0-9a-f]{64}"/, ""),
      ),
    "document-other-plan",
    /b\/conversion\.json does not belong to this plan\.json$/,
  ],
  [
    "a conversion of another version",
    (out) => edit(join(out, B), otherVersion),
    "document-version",
    /b\/conversion\.json has version 99/,
  ],
  [
    "a verdict of another version",
    (out) => edit(join(out, "models/b/verdict.json"), otherVersion),
    "document-version",
    /b\/verdict\.json has version 99/,
  ],
  [
    "half a conversion",
    (out) => edit(join(out, B), (text) => text.slice(0, 300)),
    "document-damaged",
    /b\/conversion\.json is not JSON$/,
  ],
  [
    "the conversion of another model",
    (out) => cpSync(join(out, "models/a/conversion.json"), join(out, B)),
    "document-damaged",
    /b\/conversion\.json is not that of the conversion of b/,
  ],
  [
    "a conversion without its verdict",
    (out) => rmSync(join(out, "models/b/verdict.json")),
    "document-damaged",
    /b\/verdict\.json is not that of the conversion of b/,
  ],
  [
    "the verdict of another run of the job",
    (out) =>
      edit(join(out, "models/b/verdict.json"), (text) =>
        text.replace("{", "{ "),
      ),
    "document-damaged",
    /b\/verdict\.json is not that of the conversion of b/,
  ],
  [
    "the measurement of another run",
    (out) => edit(join(out, SPEED), (text) => text.replace("{", "{ ")),
    "document-damaged",
    /b\/performance\.json is not that of the conversion of b/,
  ],
  [
    "a conversion without its measurement",
    (out) => rmSync(join(out, SPEED)),
    "document-damaged",
    /b\/performance\.json is not that of the conversion of b/,
  ],
  ...CONTRADICTIONS.map(
    ([what, harm, why]): [string, typeof harm, string, RegExp] => [
      what,
      harm,
      "document-damaged",
      new RegExp(
        `b/conversion\\.json is not that of the conversion of b: ${why.source}`,
      ),
    ],
  ),
];

describe("what the jobs of a fleet left", () => {
  it("is loaded whole where every job left its documents", async () => {
    const out = copyOf();
    const { models, without } = await loadModels(
      PROGRAM,
      out,
      await loadPlan(out),
    );
    expect(without).toEqual([]);
    expect(models.map(({ conversion }) => conversion.ships)).toEqual([
      true,
      true,
    ]);
  });

  it.each(HARMS)(
    "costs one model where its job left %s",
    async (_what, harm, code, message) => {
      const out = copyOf();
      harm(out);
      const { models, without } = await loadModels(
        PROGRAM,
        out,
        await loadPlan(out),
      );
      expect(without).toEqual([
        {
          name: "b",
          failure: expect.objectContaining({
            code,
            message: expect.stringMatching(message),
          }),
        },
      ]);
      expect(
        models.map(({ conversion, verdict }) => [
          conversion.name,
          conversion.status,
          conversion.ships,
          verdict === null,
        ]),
      ).toEqual([
        ["a", "converted", true, false],
        ["b", "failed", false, true],
      ]);
    },
  );

  it.each(HARMS.slice(2))(
    "stops a run of one job where it left %s",
    async (_what, harm, code) => {
      const out = copyOf();
      rmSync(join(out, "fleet.json"));
      harm(out);
      await expect(
        loadModels(PROGRAM, out, await loadPlan(out)),
      ).rejects.toMatchObject({
        code,
      });
    },
  );

  it("is refused as a whole where the fleet is that of another plan", async () => {
    const out = copyOf();
    edit(join(out, "fleet.json"), otherPlan);
    const plan = await loadPlan(out);
    await expect(loadFleet(PROGRAM, out, plan)).rejects.toMatchObject({
      code: "document-other-plan",
    });
    await expect(loadModels(PROGRAM, out, plan)).rejects.toMatchObject({
      code: "document-other-plan",
    });
  });

  it("is refused where another version of the program spread it: by a job, and by the publication", async () => {
    const out = copyOf();
    edit(join(out, "fleet.json"), (text) =>
      text.replace(/"program": "[^"]+"/, '"program": "0.9.0"'),
    );
    await expect(
      loadFleet(PROGRAM, out, await loadPlan(out)),
    ).rejects.toMatchObject({
      code: "document-version",
      message: expect.stringContaining(
        `was written by model-to-edge 0.9.0, and this job runs ${program.version}`,
      ),
      hint: expect.stringContaining("engine-images"),
    });

    const other = fleetSteps(whole.place, out);
    for (const run of [await other.convert(1), await other.publish()])
      expect([run.code, run.stdout]).toEqual([
        2,
        expect.stringContaining("model-to-edge 0.9.0"),
      ]);
  });

  it("is reported only as it was when it was published: a job that converts again comes too late", async () => {
    const out = copyOf();
    const steps = fleetSteps(whole.place, out);
    expect((await steps.publish()).code).toBe(0);
    expect((await steps.report()).code).toBe(0);

    edit(join(out, B), (text) =>
      text.replace(/"isolation": "[^"]*"/, '"isolation": "bubblewrap"'),
    );
    const { code, stdout } = await steps.report();
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining(
        "publication.json is about other conversions than those in the output folder",
      ),
    ]);
  });
});
