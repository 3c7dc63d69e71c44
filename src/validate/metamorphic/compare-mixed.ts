import {
  cheapestFirst,
  elementsOf,
  type ReferenceCase,
} from "../evidence/references.ts";
import { stacked, withAxis } from "../evidence/resize.ts";
import { type Feeds, sameShape, type Tensor } from "../evidence/tensor.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import {
  type BatchFinding,
  type BatchSource,
  isBatched,
  outputsOfRows,
  rowOf,
} from "./batch.ts";
import { firstDifference } from "./compare-runs.ts";

/** Rows that are put together: as many where there is room. */
const ROWS = { least: 2, most: 4 };
const NOTHING: BatchFinding = { problem: null, said: [] };

/** One row of a case, alone. */
interface Row {
  referenceCase: ReferenceCase;
  feeds: Feeds;
}

/**
 * Rows of different cases beside each other give what each gives alone: a statistic over the batch shows only where its
 * rows differ. Where no two cases have one shape, the others are cut or repeated to that of the smallest.
 */
export async function compareMixed(source: BatchSource): Promise<BatchFinding> {
  const { graph, runtime } = source;
  if (!isBatched(graph)) return NOTHING;

  const rows = await chosenRows(source);
  if (rows.length < ROWS.least) return NOTHING;

  const names = rows.map(({ referenceCase }) => referenceCase.name).join(", ");
  const whole = await runtime.session
    .run(`a batch of the cases ${names}`, stackedFeeds(rows))
    .catch(ortMessage);

  // That an open batch does not run is what the check of shapes finds.
  if (typeof whole === "string")
    return {
      ...NOTHING,
      said: ["rows of different cases do not run in one batch"],
    };

  const problem = await mixedProblem(source, rows, whole);

  return {
    problem: problem && `${problem}, in a batch of the cases ${names}`,
    said: [`a batch of ${rows.length} different cases equals its rows`],
  };
}

async function mixedProblem(
  { graph, runtime, rule }: BatchSource,
  rows: readonly Row[],
  whole: Feeds,
): Promise<string | null> {
  const outputs = outputsOfRows(graph, whole, rows.length);

  for (const [index, { referenceCase, feeds }] of rows.entries()) {
    const { name } = referenceCase;
    const alone = await (isWhole(referenceCase, feeds)
      ? runtime.session.runCase(referenceCase)
      : runtime.session.run(`the first row of case ${name}`, feeds)
    ).catch(ortMessage);
    if (typeof alone === "string")
      return `the first row of case ${name} does not run alone: ${alone}`;

    const pair = [
      outputsOfRows(graph, alone, 1),
      rowOf(outputs, index),
    ] as const;
    const found = await firstDifference(rule, referenceCase, pair);

    if (found)
      return `the first row of case ${name} gives a different result alone than together with other rows: ${found}`;
  }

  return null;
}

/** The case has nothing but this row, at this size: what it gives is known. */
function isWhole({ inputs }: ReferenceCase, feeds: Feeds): boolean {
  return [...inputs].every(([name, { dims }]) =>
    sameShape(dims, feeds.get(name)?.dims ?? []),
  );
}

/** First rows of different cases, made one shape; the cheapest shape that several cases have, else the smallest case's. */
async function chosenRows({ runtime, cases }: BatchSource): Promise<Row[]> {
  const distinct = await runtime.references.cases();
  const counting = cheapestFirst(
    distinct.filter((each) => cases.includes(each)),
  );
  const shared = counting.filter((referenceCase) =>
    counting.some(
      (other) =>
        other !== referenceCase && shapeOf(other) === shapeOf(referenceCase),
    ),
  );

  const base = shared[0] ?? counting[0];
  if (!base) return [];

  const likeBase = counting.filter((each) => shapeOf(each) === shapeOf(base));
  const chosen = (likeBase.length > 1 ? likeBase : counting).slice(
    0,
    runtime.budget.hasRoom() ? affordableRows(counting, base) : ROWS.least,
  );

  return Promise.all(
    chosen.map(async (referenceCase) => ({
      referenceCase,
      feeds: resizedTo(
        rowOf(await runtime.references.feeds(referenceCase), 0),
        base,
      ),
    })),
  );
}

/** No more at once than the largest case has, as memory is limited by the model's own needs. */
function affordableRows(
  cases: readonly ReferenceCase[],
  { inputs }: ReferenceCase,
): number {
  const largest = Math.max(...cases.map((each) => elementsOf(each.inputs)));
  const rows = Math.floor(largest / Math.max(1, elementsOf(inputs)));

  return Math.min(ROWS.most, Math.max(ROWS.least, rows));
}

/** Without the batch. */
function shapeOf({ inputs }: ReferenceCase): string {
  return [...inputs]
    .map(([name, { dims }]) => `${name}:${dims.slice(1).join("x")}`)
    .join(" ");
}

function resizedTo(feeds: Feeds, { inputs }: ReferenceCase): Feeds {
  return new Map(
    [...feeds].map(([name, tensor]): [string, Tensor] => {
      const dims = inputs.get(name)?.dims.slice(1) ?? [];
      return [
        name,
        dims.reduce(
          (resized, length, at) => withAxis(resized, at + 1, length),
          tensor,
        ),
      ];
    }),
  );
}

function stackedFeeds([first, ...others]: readonly Row[]): Feeds {
  return new Map(
    [...(first?.feeds ?? [])].map(([name, tensor]) => [
      name,
      stacked([
        tensor,
        ...others.flatMap(({ feeds }) => feeds.get(name) ?? []),
      ]),
    ]),
  );
}
