import { type Row, X } from "./torch-rows.ts";

/** What is refused: the row, the failure's code, and words that its message must have. */
export type Refused = [Row, string, string];

export const where = (name: string, change: Partial<Row>): Row => ({
  name,
  module: "where",
  options: X,
  ...change,
});

export const option = (name: string, options: Record<string, unknown>): Row =>
  where(name, { options: { ...X, ...options } });

export const looks = (
  module: string,
  options: Record<string, unknown> = {},
): Row => ({
  name: `refused-${module}`,
  module,
  from: "looks_right",
  options: { ...X, ...options },
});
