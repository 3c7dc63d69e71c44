import { appendFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { planEngines } from "../../src/plan/plan-inputs.ts";
import { temporaryFolder } from "../child/children.ts";
import { testContext, toyEngine } from "../engine/toy.ts";

it("the files of an engine are read once, and only where a model needs it", async () => {
  const folder = join(temporaryFolder(), "toy");
  cpSync((await toyEngine()).folder, folder, { recursive: true });
  const ctx = testContext({ MODEL_TO_EDGE_ENGINES: folder });
  const toy = async () => {
    const engines = await planEngines(ctx);
    const found = engines.find(({ engine }) => engine.name === "toy");
    if (!found) throw new Error("there is no toy engine");
    return found;
  };
  const edit = () => appendFileSync(join(folder, "convert.py"), "# edited\n");

  const before = (await toy()).recipe;
  const asked = await toy();
  edit();
  const { recipe } = asked;
  expect(recipe).not.toBe(before);
  edit();
  expect(asked.recipe).toBe(recipe);
});
