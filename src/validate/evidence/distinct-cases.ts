import { createHash } from "node:crypto";
import type { ReferenceCase, References } from "./references.ts";

/** The cases without those that feed what another one feeds: the same input twice is one piece of evidence. Extreme ones stay. */
export async function distinctCases({
  cases,
  read,
}: References): Promise<ReferenceCase[]> {
  const seen = new Set<string>();
  const distinct: ReferenceCase[] = [];

  for (const referenceCase of cases) {
    const key =
      referenceCase.kind === "extreme"
        ? referenceCase.name
        : await inputHash(referenceCase, read);
    if (!seen.has(key)) distinct.push(referenceCase);
    seen.add(key);
  }

  return distinct;
}

async function inputHash(
  { inputs }: ReferenceCase,
  read: References["read"],
): Promise<string> {
  const hash = createHash("sha256");
  for (const [name, entry] of inputs) {
    const { dtype, dims, data } = await read(entry);
    hash.update(JSON.stringify([name, dtype, dims]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  return hash.digest("hex");
}
