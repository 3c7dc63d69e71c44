import { LONG, type Row, X } from "./torch-rows.ts";

/** A row of the fixture of that name. */
export function unusual(module: string, change: Partial<Row> = {}): Row {
  return {
    name: `unusual-${module}`,
    module,
    from: "unusual",
    options: X,
    ...change,
  };
}

/** Ship, though something about them is unusual. */
export const RIGHT_UNUSUAL: Row[] = [
  ...["Tied", "Echo", "Weightless", "Lazy", "Hooked", "Written"].map((module) =>
    unusual(module),
  ),
  unusual("FakeQuantised"),
  unusual("States", { options: LONG }),
  unusual("Normed", { weights: "uncounted" }),
  {
    ...unusual("Normed", { weights: "averaged" }),
    name: "unusual-averaged",
    options: { ...X, state_dict_key: "model_ema" },
  },
];
