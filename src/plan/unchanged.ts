import {
  type Fingerprint,
  fingerprintOf,
  specOf,
  verdictOf,
} from "../model/fingerprint.ts";
import type { Manifest } from "../model/manifest.ts";
import type { PlannedModel } from "./plan.ts";

/** What the references shall hold; part of the evidence's fingerprint. */
export const EVIDENCE = { random: 3, fp64: true, seed: 0 } as const;

/** What of a planned model its fingerprint depends on. */
type Asked = Pick<
  PlannedModel,
  | "engine"
  | "files"
  | "code"
  | "folder"
  | "options"
  | "allow"
  | "device"
  | "policy"
  | "lineage"
>;

/** The fingerprint of a model whose every file has a sha256, else null. */
export function closedFingerprint(
  model: Asked,
  recipe: string,
  image: string | null,
  checks: string,
): Fingerprint | null {
  const parts = partsOf(model, checks);

  return (
    parts && fingerprintOf({ ...parts, recipe, device: model.device, image })
  );
}

/** The same where `exec` is known, and not what it was made from; null where a file has no sha256. */
export function askedFingerprint(
  model: Asked,
  exec: string,
  checks: string,
): Fingerprint | null {
  const parts = partsOf(model, checks);

  return (
    parts && { spec: specOf(parts), exec, verdict: verdictOf(exec, parts) }
  );
}

/** Null where a file has no sha256. */
function partsOf(
  { engine, files, code, folder, options, allow, policy, lineage }: Asked,
  checks: string,
) {
  const hashed: { role: string; path: string; sha256: string }[] = [];
  for (const { role, path, sha256 } of files) {
    if (sha256 === null) return null;
    hashed.push({ role, path: path.slice(folder.length + 1), sha256 });
  }

  for (const { role, path, sha256 } of code?.files ?? [])
    hashed.push({ role, path, sha256 });

  return {
    engine,
    files: hashed,
    code: code && ("git" as const),
    options,
    allow,
    evidence: EVIDENCE,
    lineage,
    policy,
    checks,
  };
}

/** Paths of the manifest's files that are gone, or not what it lists. `tokenOf` tells what lies there now. */
export function alteredFiles(
  { files }: Pick<Manifest, "files">,
  tokenOf: (path: string) => string | undefined,
): string[] {
  return files
    .filter(({ path, token }) => tokenOf(path) !== token)
    .map(({ path }) => path);
}

/**
 * Equal in all three fingerprints, each published file is still listed with its recorded token, and no ONNX file that
 * nobody proved lies beside them.
 */
export function isUnchanged({
  fingerprint,
  published,
  stray,
  altered,
}: Pick<
  PlannedModel,
  "fingerprint" | "published" | "stray" | "altered"
>): boolean {
  if (!fingerprint || !published) return false;

  const same = (["spec", "exec", "verdict"] as const).every(
    (key) => fingerprint[key] === published.fingerprint[key],
  );

  return same && stray.length === 0 && altered.length === 0;
}
