import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import type { FleetPlace } from "./steps.ts";

/** The checks that a test of many models can do without. */
export const CHEAP = `version: 1
defaults:
  validate:
    off: [performance, metamorphic, shapes, extremes, behaviour]
`;

/** A store in a folder with toy models on `main`, and a place to run in with its `conversion.yaml`. */
export function makeFleetStore(
  root: string,
  models: Record<string, { weights?: string }>,
  configuration: string,
): FleetPlace {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  for (const [name, { weights = GOOD_WEIGHTS }] of Object.entries(models)) {
    const model = `store/main/model/${name}`;
    write(`${model}/model.json`, JSON.stringify({ channels: 4 }));
    write(`${model}/scale.weights`, weights);
  }
  write("work/conversion.yaml", configuration);

  return { cwd: join(root, "work"), url: `file://${join(root, "store")}` };
}
