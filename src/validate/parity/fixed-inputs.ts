import type { ReferenceCase, References } from "../references.ts";

/**
 * Of several inputs those that hold one and the same value everywhere in the references, as a mask that masks nothing:
 * a graph that ignores them would pass.
 */
export async function fixedInputs(cases: readonly ReferenceCase[], { read }: References): Promise<string[]> {
  const names = [...(cases[0]?.inputs.keys() ?? [])];
  if (names.length < 2) return [];
  const fixed: string[] = [];
  for (const name of names) if (await isFixed(name, cases, read)) fixed.push(name);
  return fixed;
}

async function isFixed(name: string, cases: readonly ReferenceCase[], read: References["read"]): Promise<boolean> {
  let only: bigint | number | undefined;
  for (const { inputs } of cases) {
    const entry = inputs.get(name);
    if (!entry) continue;
    for (const value of (await read(entry)).data) {
      only ??= value;
      if (value !== only) return false;
    }
  }
  return only !== undefined;
}

export function fixedText(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const said = names.map((name) => `"${name}"`).join(", ");
  return [
    `the input ${said} has the same value everywhere in the references, so that a model that ignores it would pass; add a case in which it differs`,
  ];
}
