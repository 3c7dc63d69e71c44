import { type Fingerprint, fingerprintOf } from "../model/fingerprint.ts";
import type { Manifest } from "../model/manifest.ts";
import type { PlannedModel } from "./plan.ts";

/** What the references shall hold; part of the evidence's fingerprint. */
export const EVIDENCE = { random: 3, fp64: true, seed: 0 } as const;

/** The fingerprint of a model whose every file has a sha256, else null. */
export function closedFingerprint(
  model: Pick<
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
  >,
  recipe: string,
  image: string | null,
  checks: string,
): Fingerprint | null {
  const files: { role: string; path: string; sha256: string }[] = [];
  for (const { role, path, sha256 } of model.files) {
    if (sha256 === null) return null;
    files.push({ role, path: path.slice(model.folder.length + 1), sha256 });
  }

  const { engine, code, options, allow, device, policy } = model;
  for (const { role, path, sha256 } of code?.files ?? [])
    files.push({ role, path, sha256 });

  return fingerprintOf({
    engine,
    files,
    code: code && "git",
    options,
    allow,
    recipe,
    device,
    image,
    evidence: EVIDENCE,
    lineage: model.lineage,
    policy,
    checks,
  });
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
