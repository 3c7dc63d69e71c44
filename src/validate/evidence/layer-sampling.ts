import { objectIn } from "../../document/json-object.ts";

/** Which values of a tensor references hold: of the first axis the first `rows`, of each other every `steps`-th. */
export interface LayerSampling {
  channelAxis: number;
  rows: number;
  /** One for each axis. */
  steps: number[];
  /** The layer's name in the source; null where the references do not say. */
  layer: string | null;
}

/** From the metadata entry `layer/<tensor>`; null where it is none. */
export function parseSampling(text: string): LayerSampling | null {
  const said = objectIn(text);
  const { channel_axis: channelAxis, rows, steps, layer = null } = said ?? {};
  if (!Array.isArray(steps) || !steps.every(isCount)) return null;
  if (!isCount(rows) || !Number.isInteger(channelAxis)) return null;
  if (layer !== null && typeof layer !== "string") return null;

  const axis = channelAxis as number;
  if (axis < 0 || axis >= steps.length || steps[axis] !== 1) return null;

  return { channelAxis: axis, rows, steps, layer };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
