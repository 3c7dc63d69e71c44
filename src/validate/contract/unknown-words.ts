import { suggestion } from "../../nearest.ts";
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

/** Words that tell a device what the numbers of an output are, and that no check here understands. */
export function unknownWords({ outputs }: Contract): string[] {
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
