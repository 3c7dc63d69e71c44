import { AppError } from "../../../src/errors.ts";
import { type Step, takeStep } from "./strike-steps.ts";

// One step in a process of its own. Prints how it ended.
const [step = "", root = "", work = ""] = process.argv.slice(2);

try {
  const outcome = await takeStep(step as Step, root, work);
  process.stdout.write(JSON.stringify({ outcome }));
} catch (error) {
  const { message, code, exitCode, hint } = error as AppError;
  const isOurs = error instanceof AppError;
  process.stdout.write(
    JSON.stringify({ isOurs, message, code, exitCode, hint }),
  );
}
