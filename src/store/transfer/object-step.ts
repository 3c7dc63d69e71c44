import { Garbled, NoAnswer, type ObjectStep, Refusal } from "./errors.ts";

/** Does one step of an object's transfer; a failure of the server carries which one it was, so that people learn the file. */
export async function inStep<T>(
  step: ObjectStep["step"],
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isOfServer(error)) error.object ??= { step, path };
    throw error;
  }
}

/** Which object's transfer met a failure, for a sentence, after the words before it; "" where it was none's. */
export function objectOf(error: Error, before: string): string {
  if (!isOfServer(error) || error.object === null) return "";

  const { step, path } = error.object;
  return `${before}the ${step} of \`${path}\``;
}

function isOfServer(error: unknown): error is Refusal | NoAnswer | Garbled {
  return (
    error instanceof Refusal ||
    error instanceof NoAnswer ||
    error instanceof Garbled
  );
}
