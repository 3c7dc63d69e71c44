import { type Message, plain } from "../../src/text/message.ts";

/** A result whose message is one string. */
export type Plain<T> = Omit<T, "message"> & { message: string };

/** A check's result with its message as plain words, for tests of what it says. */
export function withPlainMessage<T extends { message: Message }>(
  result: T,
): Plain<T> {
  return { ...result, message: plain(result.message) };
}
