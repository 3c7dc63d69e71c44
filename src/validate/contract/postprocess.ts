import type { Contract, OutputPort } from "./contract.ts";

/** Steps of `postprocess` with a number, and the key of an output that says the same number. */
const NUMBERED: readonly [RegExp, (port: OutputPort) => unknown, string][] = [
  [/^keep (?:score|mask)>=(.+)$/, ({ threshold }) => threshold, "threshold"],
  [/^top (.+)$/, ({ top_k: most }) => most, "top_k"],
];

/** What a device is told to do with the outputs contradicts what is said of them. */
export function postprocessProblems({
  outputs,
  postprocess,
}: Contract): string[] {
  const [only, ...others] = outputs;
  const isChosen =
    others.length === 0 &&
    only?.activation === "argmax_inside" &&
    postprocess.includes("argmax");

  return [
    ...postprocess.flatMap((step) => numberProblems(step, outputs)),
    ...(isChosen
      ? [
          `its step "argmax" is for scores, but "${only.name}" holds classes already (argmax_inside)`,
        ]
      : []),
    ...outputs.flatMap(({ name, format, space }) =>
      format !== undefined && space === "box"
        ? [
            `it says space "box" of "${name}", which holds boxes (format ${format}): places in a box are those of its mask`,
          ]
        : [],
    ),
  ];
}

function numberProblems(step: string, outputs: readonly OutputPort[]) {
  return NUMBERED.flatMap(([pattern, of, key]) => {
    const number = pattern.exec(step)?.[1];
    const said = outputs.map(of).filter((value) => typeof value === "number");
    if (number === undefined || said.length === 0) return [];

    return said.some((value) => shown(value) === shown(Number(number)))
      ? []
      : [
          `its step "${step}" has another number than ${key} (${said.join(", ")})`,
        ];
  });
}

/** Engines write a threshold with six digits into a step. */
function shown(value: number): string {
  return value.toPrecision(6);
}
