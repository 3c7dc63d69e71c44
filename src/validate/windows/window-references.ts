import type { ReferenceCase } from "../evidence/references.ts";
import type { TensorEntry } from "../evidence/safetensors.ts";

/** An input larger than one window, and what the source's own inference gives for it: every k-th place. */
export interface WindowReference {
  input: { name: string; entry: TensorEntry };
  /** By output. */
  fp32: Map<string, TensorEntry>;
  fp64: Map<string, TensorEntry>;
  step: TensorEntry;
}

/** `aux/windows.N/in/<input>`, `/fp32/<output>`, `/fp64/<output>` and `/step` of all cases. */
export function windowReferences(
  cases: readonly ReferenceCase[],
): WindowReference[] {
  return cases.flatMap(({ aux }) => {
    const numbers = new Set(
      [...aux.keys()].flatMap(
        (name) => /^windows\.(\d{1,3})\//.exec(name)?.[1] ?? [],
      ),
    );

    return [...numbers].flatMap((number) => referenceOf(aux, number) ?? []);
  });
}

function referenceOf(
  aux: ReferenceCase["aux"],
  number: string,
): WindowReference | null {
  const below = (part: string) => {
    const prefix = `windows.${number}/${part}/`;
    return [...aux].flatMap(([name, entry]): [string, TensorEntry][] =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), entry]] : [],
    );
  };

  const [input] = below("in");
  const step = aux.get(`windows.${number}/step`);
  if (!input || !step) return null;

  return {
    input: { name: input[0], entry: input[1] },
    fp32: new Map(below("fp32")),
    fp64: new Map(below("fp64")),
    step,
  };
}
