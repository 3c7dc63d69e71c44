import { GATES, type Layer } from "./layers.ts";

type Round = (value: number) => number;
export interface Answer {
  y: number[];
  last: number[];
  cell: number[];
}

/** The layer without states, written out number by number. round: Math.fround for float32, identity for float64. */
export function byHand(
  given: Layer,
  x: number[],
  [time, batch]: [number, number],
  round: Round = (value) => value,
): Answer {
  const { direction, hidden } = given;
  const ways =
    direction === "bidirectional" ? [false, true] : [direction === "reverse"];
  const found: Answer = {
    y: Array(time * ways.length * batch * hidden).fill(0),
    last: [],
    cell: [],
  };
  for (const [way, isReversed] of ways.entries())
    for (let row = 0; row < batch; row++) {
      let h: number[] = Array(hidden).fill(0);
      let c: number[] = Array(hidden).fill(0);
      for (let step = 0; step < time; step++) {
        const at = isReversed ? time - 1 - step : step;
        const { input } = given;
        const values = x.slice((at * batch + row) * input).slice(0, input);
        [h, c] = next(given, way, { values, h, c }, round);
        const place = ((at * ways.length + way) * batch + row) * hidden;
        h.forEach((value, unit) => {
          found.y[place + unit] = value;
        });
      }
      found.last.push(...h);
      found.cell.push(...c);
    }
  return found;
}

interface Step {
  values: number[];
  h: number[];
  c: number[];
}

function next(
  given: Layer,
  way: number,
  { values, h, c }: Step,
  round: Round,
): [number[], number[]] {
  const { op, hidden, input, w, r, b } = given;
  const rows = GATES[op] * hidden;
  const dot = (matrix: number[], width: number, row: number, by: number[]) =>
    by.reduce(
      (sum, value, at) =>
        round(
          sum + round(value * (matrix[(way * rows + row) * width + at] ?? 0)),
        ),
      0,
    );
  const bias = (row: number) => b?.[way * 2 * rows + row] ?? 0;
  const fed = (gate: number, unit: number) =>
    round(
      dot(w, input, gate * hidden + unit, values) + bias(gate * hidden + unit),
    );
  const back = (gate: number, unit: number, state: number[]) =>
    round(
      dot(r, hidden, gate * hidden + unit, state) +
        bias(rows + gate * hidden + unit),
    );
  const sigmoid = (value: number) => round(1 / (1 + Math.exp(-value)));
  const tanh = (value: number) => round(Math.tanh(value));
  const units = Array.from({ length: hidden }, (_, unit) => unit);
  const gate = (place: number) =>
    units.map((unit) =>
      sigmoid(round(fed(place, unit) + back(place, unit, h))),
    );

  if (op === "RNN") {
    const shapes = {
      Tanh: tanh,
      Sigmoid: sigmoid,
      Relu: (v: number) => Math.max(0, v),
    };
    const act = shapes[given.activation];
    return [
      units.map((unit) => act(round(fed(0, unit) + back(0, unit, h)))),
      c,
    ];
  }
  if (op === "LSTM") {
    const [i, o, f] = [gate(0), gate(1), gate(2)];
    const cell = units.map((unit) => {
      const candidate = tanh(round(fed(3, unit) + back(3, unit, h)));
      return round(
        round((f[unit] ?? 0) * (c[unit] ?? 0)) +
          round((i[unit] ?? 0) * candidate),
      );
    });
    return [
      units.map((unit) => round((o[unit] ?? 0) * tanh(cell[unit] ?? 0))),
      cell,
    ];
  }
  const [z, reset] = [gate(0), gate(1)];
  const through = h.map((value, unit) => round(value * (reset[unit] ?? 0)));
  return [
    units.map((unit) => {
      const inner = given.linearBeforeReset
        ? round((reset[unit] ?? 0) * back(2, unit, h))
        : back(2, unit, through);
      const candidate = tanh(round(fed(2, unit) + inner));
      const keep = z[unit] ?? 0;
      return round(
        round((1 - keep) * candidate) + round(keep * (h[unit] ?? 0)),
      );
    }),
    c,
  ];
}
