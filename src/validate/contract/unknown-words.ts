import { suggestion } from "../../text/nearest.ts";
import type { Contract, OutputPort } from "./contract.ts";

/** What the words of an output may be; docs/contract.md says what they mean. */
const WORDS = {
  format: ["x1y1x2y2s"],
  space: ["padded_input_px", "box"],
  activation: [
    "softmax_inside",
    "log_softmax_inside",
    "sigmoid_inside",
    "argmax_inside",
    "threshold_inside",
    "none",
  ],
} satisfies Partial<Record<keyof OutputPort, string[]>>;

/** Steps of `postprocess`; N is any number. */
const STEPS = [
  ...["drop score<=0", "clip to image", "drop boxes without area"],
  ...["drop boxes with a side<=N", "x/scale_x", "y/scale_y"],
  ...["resize masks to their boxes", "keep mask>=N"],
  ...["argmax", "top N", "keep score>=N", "mean of windows"],
  ...["crop padding", "nearest resize to original"],
  ...["linear resize to original"],
];
const NUMBER = /(?<=\D)-?\d+(\.\d+)?(e-?\d+)?$/;

/** Words that tell a device what the numbers of an output are, or what it does with them, and that no check here understands. */
export function unknownWords({ outputs, postprocess }: Contract): string[] {
  const steps = postprocess.filter(
    (step) => !STEPS.includes(step) && !STEPS.includes(withoutNumber(step)),
  );

  return [
    ...unknownOfOutputs(outputs),
    ...steps.map(
      (step) =>
        `contract.json says the step ${JSON.stringify(step)} of postprocess, which is not checked: ${suggestion(step, STEPS)}`,
    ),
  ];
}

function withoutNumber(step: string): string {
  return step.replace(NUMBER, "N");
}

function unknownOfOutputs(outputs: readonly OutputPort[]): string[] {
  return outputs.flatMap((output) =>
    Object.entries(WORDS).flatMap(([key, known]) => {
      const word = output[key as keyof typeof WORDS];

      return word === undefined || known.includes(word)
        ? []
        : [
            `contract.json says ${key} ${JSON.stringify(word)} of "${output.name}", which is not checked: ${suggestion(word, known)}`,
          ];
    }),
  );
}
