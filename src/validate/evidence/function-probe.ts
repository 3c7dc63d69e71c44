import { objectIn } from "../../document/json-object.ts";

/** Values that references hold of a function of one number, as a ReLU6: what it gives for numbers far beyond those of the cases too. */
export interface FunctionProbe {
  /** What it takes in the graph. It is known by what it gives. */
  input: string;
  /** Its own name, e.g. `relu6`. */
  function: string;
  /** The path of the module, or the name of the layer, that calls it. */
  layer: string;
  /** How many entries of the first axis are of one scale, and judged together. */
  rows: number;
}

/** From the metadata entry `function/<tensor>`; null where it is none. */
export function parseProbe(text: string): FunctionProbe | null {
  const { input, function: called, layer, rows } = objectIn(text) ?? {};
  if (typeof input !== "string" || typeof called !== "string") return null;
  if (typeof layer !== "string") return null;
  if (!Number.isSafeInteger(rows) || (rows as number) < 1) return null;

  return { input, function: called, layer, rows: rows as number };
}
