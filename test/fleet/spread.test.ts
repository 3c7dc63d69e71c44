import { describe, expect, it } from "vitest";
import { START_COST, spreadModels } from "../../src/fleet/spread.ts";
import type { PlannedModel } from "../../src/plan/plan.ts";
import { plannedModel } from "../support/sample-plan.ts";

const MIB = 1 << 20;

function model(
  name: string,
  mebibytes: number,
  change: Partial<PlannedModel> = {},
): PlannedModel {
  const file = { path: name, size: mebibytes * MIB, token: "t", sha256: null };
  return plannedModel({
    ...{ name, files: [{ ...file, role: "model" }] },
    ...change,
  });
}

describe("the models of a plan", () => {
  it("are spread over jobs of about the same cost, the dearest first", () => {
    const sizes = [900, 500, 400, 300, 200, 100, 50, 50];
    const models = sizes.map((size, index) => model(`m${index}`, size));
    const batches = spreadModels(models, 3);
    const costs = batches.map(({ cost }) => cost);
    expect(batches).toHaveLength(3);
    expect(Math.max(...costs) / Math.min(...costs)).toBeLessThan(1.2);
    expect(batches[0]?.models).toEqual(["m0"]);
    expect(batches.flatMap(({ models: names }) => names).sort()).toEqual(
      models.map(({ name }) => name),
    );
  });

  it("go by the seconds that they took last: a small slow one weighs more than a large fast one", () => {
    const models = [
      model("slow", 1, { seconds: 900 }),
      model("fast", 2000, { seconds: 30 }),
      model("quick", 1500, { seconds: 20 }),
      model("swift", 1200, { seconds: 20 }),
    ];
    expect(spreadModels(models, 2).map((batch) => batch.models)).toEqual([
      ["slow"],
      ["fast", "quick", "swift"],
    ]);
  });

  it("of which nothing is known weigh what their size takes by the others, those of their engine before those of other engines", () => {
    const known = [
      model("a", 68, { seconds: 100 }),
      model("b", 168, { engine: "heavy", seconds: 2000 }),
    ];
    const weighs = (engine: string) => {
      const fresh = model("new", 68, { engine });
      const batches = spreadModels([...known, fresh], 9);
      const costOf = (name: string) =>
        batches.find(({ models }) => models.includes(name))?.cost ?? Number.NaN;
      return costOf("new") / costOf("a");
    };
    expect(weighs("toy")).toBeCloseTo(1, 5);
    expect(weighs("heavy")).toBeCloseTo(10, 5);
    expect(weighs("other")).toBeCloseTo(7, 5);
  });

  it("weigh as many bytes in all as they have, whatever they took", () => {
    const sizes = [68, 168, 268];
    const models = sizes.map((size, i) => model(`m${i}`, size));
    const timed = models.map((each, i) => ({ ...each, seconds: 1000 - i }));
    const total = (of: PlannedModel[]) =>
      spreadModels(of, 3).reduce((sum, { cost }) => sum + cost, 0);
    expect(total(timed) / total(models)).toBeCloseTo(1, 6);
  });

  it("are spread alike, whatever their order", () => {
    const models = [5, 5, 5, 1, 1, 7].map((size, i) => model(`m${i}`, size));
    expect(spreadModels([...models].reverse(), 2)).toEqual(
      spreadModels(models, 2),
    );
  });

  it("each cost the start of its engine, too: many small ones do not share one job with a large one", () => {
    const small = Array.from({ length: 20 }, (_, i) => model(`s${i}`, 0));
    const batches = spreadModels([model("large", 64), ...small], 2);
    expect(batches.map(({ models }) => models.length).sort()).toEqual([10, 11]);
    expect(batches.reduce((sum, { cost }) => sum + cost, 0)).toBe(
      64 * MIB + 21 * START_COST,
    );
  });

  it("get a job each where there are jobs enough, and no job is empty", () => {
    const batches = spreadModels([model("a", 1), model("b", 2)], 20);
    expect(batches.map(({ models }) => models)).toEqual([["b"], ["a"]]);
  });

  it("share a job with models of their own engine alone, and the jobs go where the work is", () => {
    const models = [
      ...Array.from({ length: 9 }, (_, i) => model(`t${i}`, 100)),
      model("k", 10, { engine: "other" }),
    ];
    const batches = spreadModels(models, 4);
    expect(batches.map(({ engine }) => engine)).toEqual([
      ...["other", "toy", "toy", "toy"],
    ]);
    expect(batches.slice(1).map(({ models: names }) => names.length)).toEqual([
      3, 3, 3,
    ]);
  });

  it("that need nothing, or were refused, get no job; those that are only checked again do", () => {
    const decisions = ["unchanged", "refused", "recheck"] as const;
    const models = decisions.map((decision) =>
      model(decision, 1, { decision }),
    );
    expect(spreadModels(models, 5).flatMap((batch) => batch.models)).toEqual([
      "recheck",
    ]);
    expect(spreadModels([], 5)).toEqual([]);
  });

  it("of more engines than jobs are an error that says how many jobs they need", () => {
    const models = ["x", "y", "z"].map((engine) =>
      model(engine, 1, { engine }),
    );
    expect(() => spreadModels(models, 2)).toThrow(
      /3 engines need a job each, and max-jobs is 2/,
    );
  });
});
