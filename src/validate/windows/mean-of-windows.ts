import type { References } from "../evidence/references.ts";
import {
  type Feeds,
  isFloat,
  numbersOf,
  type Tensor,
} from "../evidence/tensor.ts";
import type { Windows } from "../preprocess/steps.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Session } from "../runtime/session.ts";
import { createWindowMean, cutWindow, windowPlaces } from "./window-mean.ts";
import type { WindowReference } from "./window-references.ts";

/** The mean, [1, classes, rows, columns] at every k-th place, or why there is none. */
export type MeanOrProblem = { scores: Tensor } | { problem: string };

/** What a device makes of the graph's scores for all windows of one input. `name` is that of the output. */
export async function meanOfWindows(
  {
    references,
    session,
  }: { references: References; session: Pick<Session, "run"> },
  windows: Windows,
  { input, fp32, step }: WindowReference,
  name: string,
): Promise<MeanOrProblem> {
  const picture = await references.read(input.entry);
  const [, , height = 0, width = 0] = picture.dims;
  const [across, down] = windows.to;
  const size = windows.to.join("×");
  if (across > width || down > height)
    return {
      problem: `contract.json declares windows of ${size}, but the source splits ${width}×${height} into several windows`,
    };

  const dims = fp32.get(name)?.dims ?? [];
  const every = Number(numbersOf(await references.read(step))[0]);
  const mean = createWindowMean(dims, every);

  for (const place of windowPlaces(picture.dims, windows)) {
    const window = cutWindow(picture, place, windows);
    const outputs = await run(session, size, new Map([[input.name, window]]));
    if ("problem" in outputs) return outputs;

    const scores = outputs.given.get(name);
    if (!scores || !areScores(scores, dims[1]))
      return {
        problem: `"${name}" is not a map of scores of ${dims[1] ?? 0} classes, so windows cannot be averaged as in the source: export it without argmax`,
      };
    mean.add(scores, place);
  }

  return { scores: mean.result() };
}

async function run(
  session: Pick<Session, "run">,
  size: string,
  feeds: Feeds,
): Promise<{ given: Feeds } | { problem: string }> {
  try {
    return { given: await session.run(`a window of ${size}`, feeds) };
  } catch (error) {
    return {
      problem: `the graph does not accept a window of ${size}, which contract.json declares: ${ortMessage(error)}`,
    };
  }
}

function areScores({ dtype, dims }: Tensor, classes: number | undefined) {
  return isFloat(dtype) && dims.length === 4 && dims[1] === classes;
}
