import { and, not, or, type Truth } from "./truth.ts";
import {
  equal,
  isSet,
  matches,
  NULL,
  text,
  UNKNOWN,
  type Value,
} from "./value.ts";

/** Values of variables by name; what is not in it is unknown. */
export type Known = ReadonlyMap<string, Value>;

const TOKEN =
  /\s*(?:(\$\w+|\$\{\w+\})|("[^"]*"|'[^']*')|(\/(?:\\.|[^/\\\n])+\/[a-z]*)|(null\b)|(==|!=|=~|!~|&&|\|\||\(|\)))/y;

/** The `if` of a rule, in GitLab's language; unknown where it is not in it. */
export function evaluate(condition: string, known: Known): Truth {
  const tokens = tokensOf(condition);
  if (tokens === null) return null;

  const reader = { tokens, at: 0, known };
  const truth = readOr(reader);

  return reader.at === tokens.length ? truth : null;
}

interface Reader {
  tokens: string[];
  at: number;
  known: Known;
}

function tokensOf(condition: string): string[] | null {
  const tokens: string[] = [];
  const end = condition.trimEnd().length;

  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const found = TOKEN.exec(condition);
    if (!found) return null;
    tokens.push(found[0].trim());
  }

  return tokens;
}

function readOr(reader: Reader): Truth {
  let truth = readAnd(reader);
  while (take(reader, "||")) truth = or(truth, readAnd(reader));
  return truth;
}

function readAnd(reader: Reader): Truth {
  let truth = readComparison(reader);
  while (take(reader, "&&")) truth = and(truth, readComparison(reader));
  return truth;
}

function readComparison(reader: Reader): Truth {
  if (take(reader, "(")) {
    const truth = readOr(reader);
    return take(reader, ")") ? truth : null;
  }

  const left = readValue(reader);
  if (take(reader, "==")) return equal(left, readValue(reader));
  if (take(reader, "!=")) return not(equal(left, readValue(reader)));
  if (take(reader, "=~")) return matches(left, readValue(reader));
  if (take(reader, "!~")) return not(matches(left, readValue(reader)));

  return isSet(left);
}

function take(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at] !== token) return false;
  reader.at += 1;
  return true;
}

function readValue(reader: Reader): Value {
  const token = reader.tokens[reader.at] ?? "";
  reader.at += 1;

  if (token.startsWith("$"))
    return reader.known.get(token.replace(/[${}]/g, "")) ?? UNKNOWN;
  if (token === "null") return NULL;
  if (token.startsWith("/")) return text(token);

  return /^["']/.test(token) ? text(token.slice(1, -1)) : UNKNOWN;
}
