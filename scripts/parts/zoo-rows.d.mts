export interface ZooRow {
  name: string;
  title: string;
  codebase: string;
  config: string;
  heads?: [layers: string, mean: number, spread: number][][];
  /** score: of the detections that are counted, where the network itself has no threshold. */
  aim?: { layers: string; background?: number; score?: number };
  picture?: number[];
  options?: Record<string, unknown>;
  /** The outcome that is known and explained in docs/models.md, where it is no pass. */
  expect?: string;
  note?: string;
}

export interface ZooResult {
  name: string;
  recipe: string;
  outcome: string;
  reason: string;
}

export const BEGIN: string;
export const END: string;
export function checkRows(rows: readonly unknown[]): ZooRow[];
export function shardOf<Row>(
  rows: readonly Row[],
  shard: string | undefined,
): Row[];
export function recipeOf(
  row: unknown,
  sources: readonly (string | Uint8Array)[],
): string;
export function rowsToRun<Row>(
  rows: readonly Row[],
  how: {
    recipe: (row: Row) => string;
    finished: (row: Row) => { recipe: string; outcome: string } | null;
    again: boolean;
  },
): Row[];
export function resultOf(
  row: { name: string },
  recipe: string,
  documents: unknown,
): ZooResult;
export function withTable(page: string, table: string): string;
export function namesInTable(page: string): string[];
