import type { References } from "../evidence/references.ts";
import {
  goldenCases,
  isTooLarge,
  type Replayed,
  replayCase,
} from "../preprocess/golden.ts";
import { parseSteps } from "../preprocess/steps.ts";
import type { Contract } from "./contract.ts";

/** What the replay of the pre-processing gives: problems are evidence, notes are what could not be checked. */
export interface PreprocessingFinding {
  problems: string[];
  notes: string[];
  replayed: Replayed[];
}

/** The steps in `preprocess` make of a sample picture what the source model's own pipeline makes of it. */
export async function checkPreprocessing(
  said: Contract,
  references: References | null,
): Promise<PreprocessingFinding> {
  const nothing = { problems: [], notes: [], replayed: [] };
  const {
    preprocess: steps,
    inputs: [input],
  } = said;
  if (steps.length === 0) return nothing;

  const opaque = steps.flatMap((step) =>
    step.opaque === undefined ? [] : [step.opaque],
  );

  if (opaque.length > 0)
    return {
      ...nothing,
      notes: [
        `contract.json cannot describe the pre-processing steps ${opaque.join(", ")}`,
      ],
    };

  const cases = references?.cases ?? [];
  const golden = goldenCases(cases);

  if (golden.length === 0 || !references || !input)
    return cases.some(({ kind }) => kind === "real")
      ? {
          ...nothing,
          notes: [
            "the pre-processing was not replayed: no reference contains the picture that its input was made from",
          ],
        }
      : nothing;

  const parsed = parseSteps(steps);
  if ("beyond" in parsed)
    return {
      ...nothing,
      notes: [
        `the pre-processing was not replayed: unknown step: ${parsed.beyond}`,
      ],
    };

  const small = golden.filter((each) => !isTooLarge(each, input.name));
  if (small.length === 0)
    return {
      ...nothing,
      notes: [
        "the pre-processing was not replayed: every picture has more than 4 megapixels",
      ],
    };

  const replayed: Replayed[] = [];
  for (const goldenCase of small)
    replayed.push(await replayCase(references, goldenCase, parsed, input));
  const [wrong] = replayed.filter(({ problem }) => problem !== null);

  return {
    problems: wrong
      ? [
          `the pre-processing in contract.json does not reproduce the source's input in case ${wrong.case}: ${wrong.problem}`,
        ]
      : [],
    notes: [],
    replayed,
  };
}
