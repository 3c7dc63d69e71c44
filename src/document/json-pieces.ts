const INDENT = "  ";

/**
 * `JSON.stringify(data, null, 2)` of an object in pieces, an element of its arrays each: a document of ten thousand
 * models is never one text.
 */
export function* jsonPieces(data: object): Generator<string> {
  let before = "{\n";

  for (const [key, value] of Object.entries(data)) {
    if (isLeftOut(value)) continue;

    yield `${before}${INDENT}${JSON.stringify(key)}: `;
    if (Array.isArray(value) && value.length > 0) yield* arrayPieces(value);
    else yield indented(value, INDENT);
    before = ",\n";
  }

  yield before === "{\n" ? "{}" : "\n}";
}

function* arrayPieces(values: readonly unknown[]): Generator<string> {
  let before = "[\n";

  for (const value of values) {
    const text = isLeftOut(value) ? "null" : indented(value, INDENT + INDENT);
    yield `${before}${INDENT}${INDENT}${text}`;
    before = ",\n";
  }

  yield `\n${INDENT}]`;
}

/** What JSON does not have: an object leaves it out, an array has null. */
function isLeftOut(value: unknown): boolean {
  return ["undefined", "function", "symbol"].includes(typeof value);
}

/** No text in JSON holds a line end: each one is of the layout. */
function indented(value: unknown, by: string): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${by}`);
}
