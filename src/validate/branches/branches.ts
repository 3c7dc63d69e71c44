import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { OnnxModel } from "../../onnx/model.ts";
import {
  cheapestFirst,
  countingCases,
  type References,
} from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { functionPlaces } from "../functions/function-places.ts";
import { type InsideSource, withLoaded } from "../runtime/inside.ts";
import { once } from "../runtime/once.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import {
  type ArmedModel,
  armedModel,
  type TrappedPlace,
} from "./armed-model.ts";
import { guardSides, type Side } from "./guards.ts";
import { ARMED, sprungTrap } from "./traps.ts";

/** So many are named. */
const MOST = 4;

/** Which branches, loops and bounds of the graph the references reach. */
export interface Branches {
  /** In words, each branch that no case takes, each loop that none runs or ends as it may, each bound that none reaches: nothing of it was compared. */
  untaken(): Promise<string[]>;
}

export function createBranches(source: InsideSource): Branches {
  return { untaken: once(() => untaken(source)) };
}

async function untaken(source: InsideSource): Promise<string[]> {
  const opened = await source.references.open();
  const { sides, more } = guardSides(
    source.graph,
    comparedAlone(source.graph, opened?.functions),
  );
  const hasInner = source.graph.nodes.some(
    ({ op, domain }) => domain === "" && (op === "If" || op === "Loop"),
  );
  if (!hasInner && sides.length === 0) return [];

  try {
    const folder = join(source.scratch, "branches");
    await mkdir(folder, { recursive: true });
    const armed = await armedModel(source, folder, more);
    const left = await watchCases(source, armed, sides);

    return firstOf([...placeTexts(armed.places, left.places), ...left.sides]);
  } catch (error) {
    source.watch.failed(error);

    return [
      `it is unknown which branches and bounds of the graph the references reach: ${ortMessage(error)}`,
    ];
  }
}

/** What operators give that are compared with the source's function by themselves. */
function comparedAlone(
  graph: OnnxModel,
  functions: References["functions"] = new Map(),
): Set<string> {
  const places = functions.size > 0 ? functionPlaces(graph, functions) : [];
  return new Set(places.map(({ output }) => output));
}

/** What no case gets to: the numbers of places, and of sides what to say. */
interface Left {
  places: ReadonlySet<number>;
  sides: string[];
}

/** Each run ends at the first trap that it springs, and is done again without that. */
async function watchCases(
  source: InsideSource,
  { file, places }: ArmedModel,
  sides: readonly Side[],
): Promise<Left> {
  const { references } = source;
  const left = new Set(places.keys());
  const unseen = new Set(sides);
  const what = "to see which branches it takes";

  await withLoaded(source, { file, what }, async (run) => {
    async function runThrough(feeds: Feeds, name: string): Promise<Feeds> {
      const armed = withTraps(feeds, places.length, left);
      const given = await run(`case ${name}, ${what}`, armed).catch(
        (error: unknown) => {
          const at = sprungTrap(error);
          if (at === null || !left.delete(at)) throw error;

          return null;
        },
      );
      if (given !== null) return given;

      return left.size + unseen.size > 0 ? runThrough(feeds, name) : new Map();
    }

    const cases = countingCases({ cases: await references.cases() });
    for (const referenceCase of cheapestFirst(cases)) {
      if (left.size + unseen.size === 0) break;
      const feeds = await references.feeds(referenceCase);
      const given = await runThrough(feeds, referenceCase.name);
      for (const side of unseen)
        if (Number(given.get(side.name)?.data[0] ?? 0) > 0) unseen.delete(side);
    }
  });

  return { places: left, sides: [...unseen].map(({ untaken }) => untaken) };
}

function withTraps(
  feeds: Feeds,
  count: number,
  left: ReadonlySet<number>,
): Feeds {
  if (count === 0) return feeds;

  const data = BigInt64Array.from({ length: count }, (_, at) =>
    left.has(at) ? 1n : 0n,
  );

  return new Map([...feeds, [ARMED, { dtype: "int64", dims: [count], data }]]);
}

/** Where a branch is not taken, what is inside of it goes without saying. */
function placeTexts(
  places: readonly TrappedPlace[],
  left: ReadonlySet<number>,
): string[] {
  return places.flatMap(({ untaken, inside }, at) =>
    untaken !== null && left.has(at) && (inside === null || !left.has(inside))
      ? [untaken]
      : [],
  );
}

function firstOf(texts: readonly string[]): string[] {
  const more = texts.length - MOST;
  return more > 0
    ? [...texts.slice(0, MOST), `${more} more are not reached`]
    : [...texts];
}
