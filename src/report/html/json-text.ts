/** Longer than this, a list or an object is written over several lines. */
const WIDTH = 88;

/** JSON for people: what fits on a line stands on one. */
export function jsonText(value: unknown, indent = ""): string {
  const line = JSON.stringify(value) ?? "null";
  const isLeaf = typeof value !== "object" || value === null;
  if (isLeaf || indent.length + line.length <= WIDTH)
    return spaced(value, line);

  const inner = `${indent}  `;
  const [open, close, items] = Array.isArray(value)
    ? ["[", "]", value.map((item) => jsonText(item, inner))]
    : [
        "{",
        "}",
        Object.entries(value).map(
          ([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, inner)}`,
        ),
      ];

  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}

/** `{"a":[1,2]}` as `{ "a": [1, 2] }`. */
function spaced(value: unknown, line: string): string {
  if (Array.isArray(value))
    return `[${value.map((item) => spaced(item, JSON.stringify(item) ?? "null")).join(", ")}]`;
  if (typeof value !== "object" || value === null) return line;

  const items = Object.entries(value).map(
    ([key, item]) =>
      `${JSON.stringify(key)}: ${spaced(item, JSON.stringify(item) ?? "null")}`,
  );

  return items.length > 0 ? `{ ${items.join(", ")} }` : "{}";
}
