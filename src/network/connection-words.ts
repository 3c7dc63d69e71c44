import { causesOf } from "./permanent-failure.ts";

/** What happened to a connection, by the system's or undici's code. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection closed before the answer was complete"],
  ["EPIPE", "connection closed while data was sent"],
  ["UND_ERR_SOCKET", "connection closed before the answer was complete"],
  ["ERR_STREAM_PREMATURE_CLOSE", "connection closed in the middle of a file"],
  ["ETIMEDOUT", "no connection in time"],
  ["UND_ERR_CONNECT_TIMEOUT", "no connection in time"],
  ["UND_ERR_HEADERS_TIMEOUT", "no answer in time"],
  ["UND_ERR_BODY_TIMEOUT", "the answer stopped in the middle"],
  ["ENOTFOUND", "its name is not known to the DNS"],
  ["EAI_AGAIN", "the DNS does not answer"],
  ["EHOSTUNREACH", "no route to it"],
  ["ENETUNREACH", "no route to it"],
]);

/** Why there is no whole answer, for people, with the code; `otherwise` where the error has no known code. */
export function connectionWords(error: unknown, otherwise: string): string {
  for (const { code } of causesOf(error)) {
    const words = WORDS.get(code);
    if (words) return `${words} (${code})`;
  }

  return otherwise;
}
