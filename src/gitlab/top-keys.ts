const STEPS: Readonly<Record<string, number>> = {
  ...{ "{": 1, "[": 1 },
  ...{ "}": -1, "]": -1 },
};

/**
 * Keys of a JSON object's first level, as often as they stand there: parsers keep one of two and say nothing. The text
 * must be valid JSON; nesting costs nothing.
 */
export function topKeys(json: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  let isKeyNext = false;

  for (let at = 0; at < json.length; at++) {
    const letter = json[at] ?? "";
    if (letter === '"') {
      const end = endOfString(json, at);
      if (isKeyNext) keys.push(String(JSON.parse(json.slice(at, end + 1))));
      isKeyNext = false;
      at = end;
      continue;
    }

    depth += STEPS[letter] ?? 0;
    if (depth === 1 && "{,".includes(letter)) isKeyNext = true;
  }

  return keys;
}

/** Where the string that begins at a quote ends. */
function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && json[end] !== '"')
    end += json[end] === "\\" ? 2 : 1;

  return end;
}
