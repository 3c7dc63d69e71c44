import { AppError } from "../errors.ts";

/**
 * Whether an error of `fetch` is one of the connection. What fetch itself throws has a cause, or says that it was
 * stopped; anything else is an error of ours, foreseen (a file of certificates) or not, and no try mends it.
 */
export function isLostConnection(error: unknown): error is Error {
  if (error instanceof AppError || !(error instanceof Error)) return false;
  const ours = error instanceof TypeError || error instanceof ReferenceError;
  return !ours || error.cause !== undefined;
}
