import { type Message, message, sentence } from "../text/message.ts";

/** The code of a difference between the model with ONNX Runtime's optimisation and without. */
export const OPTIMISER_CHANGES = "optimiser-changes";

/** `difference`: which element of which output, and both its values. */
export function changedByOptimiser(difference: string): Message {
  return message(
    OPTIMISER_CHANGES,
    sentence`ONNX Runtime's optimisation changes what the model computes: with and without it, ${difference}`,
  );
}
