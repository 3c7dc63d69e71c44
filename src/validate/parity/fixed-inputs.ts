import { feedsOf } from "../evidence/feeds.ts";
import type { ReferenceCase, References } from "../evidence/references.ts";
import type { Tensor } from "../evidence/tensor.ts";
import { bitEqual } from "../run-difference.ts";
import type { Session } from "../runtime/session.ts";

/**
 * Of several inputs those that hold one and the same value everywhere in the references, as a mask that masks nothing:
 * a graph that ignores them would pass.
 */
export async function fixedInputs(
  cases: readonly ReferenceCase[],
  { read }: References,
): Promise<string[]> {
  const names = [...(cases[0]?.inputs.keys() ?? [])];
  if (names.length < 2) return [];

  const fixed: string[] = [];
  for (const name of names)
    if (await isFixed(name, cases, read)) fixed.push(name);

  return fixed;
}

async function isFixed(
  name: string,
  cases: readonly ReferenceCase[],
  read: References["read"],
): Promise<boolean> {
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

/** The input with every second value changed: 0 for what is not 0, else 1. Shape and dtype stay. */
export function changedInput({ dtype, dims, data }: Tensor): Tensor {
  const changed = data.slice();
  const isBig =
    changed instanceof BigInt64Array || changed instanceof BigUint64Array;

  for (let at = 0; at < changed.length; at += 2) {
    if (isBig) changed[at] = changed[at] === 0n ? 1n : 0n;
    else changed[at] = changed[at] === 0 ? 1 : 0;
  }

  return { dtype, dims, data: changed };
}

/** Of the fixed inputs the first that the model does not look at: changed, it gives the same to the last bit. */
export async function ignoredInput(
  fixed: readonly string[],
  referenceCase: ReferenceCase | undefined,
  session: Pick<Session, "runCase" | "run">,
  references: References,
): Promise<string | null> {
  if (!referenceCase || fixed.length === 0) return null;

  const before = await session.runCase(referenceCase);
  for (const name of fixed) {
    const entry = referenceCase.inputs.get(name);
    if (!entry) continue;

    const feeds = await feedsOf(references, referenceCase);
    feeds.set(name, changedInput(await references.read(entry)));

    // A value that the model refuses is one that it looks at.
    const after = await session
      .run(`case ${referenceCase.name} with another "${name}"`, feeds)
      .catch(() => null);

    if (
      after &&
      [...before].every(([output, tensor]) =>
        bitEqual(tensor, after.get(output) ?? tensor),
      )
    )
      return name;
  }

  return null;
}

export function ignoredText(name: string): string {
  return `the model ignores the input "${name}", which has the same value everywhere in the references, so it is unknown whether the source ignores it too; add a case with another value`;
}

export function fixedText(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const said = names.map((name) => `"${name}"`).join(", ");

  return [
    `the input ${said} has the same value everywhere in the references, so a model that ignores it would pass; add a case with another value`,
  ];
}
