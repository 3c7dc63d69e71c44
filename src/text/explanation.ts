import { type Part, plain, sentence } from "./message.ts";

/** A verdict in words: three clauses without capital and full stop, which reports set as they like; empty where there is nothing to say. */
export interface Explanation {
  /** What was found, without the model's name. */
  answer: Part[];
  /** The cause, or the warnings. */
  because: Part[];
  /** What the reader can do next. */
  next: Part[];
}

/** The clauses as sentences, one after the other. */
export function sentencesOf(clauses: readonly (readonly Part[])[]): Part[] {
  return clauses
    .filter((clause) => clause.length > 0)
    .flatMap((clause, index) => [
      ...(index > 0 ? [{ text: " " }] : []),
      ...asSentence(clause),
    ]);
}

/** All of it as plain sentences, for a log or a chat. */
export function plainExplanation(explanation: Explanation): string {
  const { answer, because, next } = explanation;
  return plain(sentencesOf([answer, because, next]));
}

function asSentence(clause: readonly Part[]): Part[] {
  const [first, ...others] = clause;
  const begun =
    first && "text" in first
      ? [{ text: capital(first.text) }, ...others]
      : clause;

  const isEnded = /[.!?:]\s*$/.test(plain(clause));

  return sentence`${[...begun]}${isEnded ? "" : "."}`;
}

/** A name stays as it is: of a file (`config.py`), of a path, of a setting (`mmdeploy.opset`, `fail-on:`), lakeFS's own. */
function capital(text: string): string {
  const [first = ""] = text.split(/[\s,;]/, 1);

  return /\w[./_]\w|\w-\w+:$|[a-z][A-Z]/.test(first)
    ? text
    : text.charAt(0).toUpperCase() + text.slice(1);
}
