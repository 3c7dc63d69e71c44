import { code, type Message, message, sentence } from "../text/message.ts";

/** The code of a case that does not even run: it says nothing about what a check asks. */
export const CASE_REFUSED = "case-refused";

/** ONNX Runtime does not run a case; `why` is its own message. */
export function caseRefused(name: string, why: string): Message {
  return message(
    CASE_REFUSED,
    sentence`ONNX Runtime cannot run case ${code(name)}: ${why}`,
    "run",
  );
}
