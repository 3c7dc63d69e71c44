export function loadedCode(
  words: readonly string[],
  env?: Record<string, string>,
): { bytes: number; files: string[] };
