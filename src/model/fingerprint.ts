import type { Lineage } from "../lineage.ts";
import { hashOf } from "./canonical.ts";

/** sha256 in 64 hex each: what was asked, what the bytes depend on, what the verdict depends on. */
export interface Fingerprint {
  spec: string;
  exec: string;
  verdict: string;
}

/** All that can change the result; commit ids, times, addresses and job names are left out on purpose. */
export interface FingerprintParts {
  engine: string;
  /** `path` below the model's folder, or below that of its code. */
  files: { role: string; path: string; sha256: string }[];
  /** Whether some of the files are of Git: the same bytes of the store are another question. */
  code: "git" | undefined;
  /** As configured, with the engine's defaults. */
  options: Record<string, unknown>;
  allow: { missing: string[]; unexpected: string[] };
  /** Hash of the engine's pins, adapter and shared Python. */
  recipe: string;
  /** As asked (`auto`, `cpu`, `cuda:0`), not as resolved. */
  device: string;
  /** `image@sha256:…` where the job names one, else null. */
  image: string | null;
  /** What is asked of the references: part of the evidence. */
  evidence: Record<string, unknown>;
  policy: unknown;
  /** What it was trained from: no byte depends on it, but what is published says it. */
  lineage?: Lineage | undefined;
  checks: string;
}

export function fingerprintOf(parts: FingerprintParts): Fingerprint {
  const spec = specOf(parts);
  const exec = hashOf({
    v: 1,
    spec,
    recipe: parts.recipe,
    device: parts.device,
    image: parts.image,
  });

  return { spec, exec, verdict: verdictOf(exec, parts) };
}

/** What was asked: files, code, options. */
export function specOf(
  parts: Pick<
    FingerprintParts,
    "engine" | "files" | "code" | "options" | "allow"
  >,
): string {
  const files = [...parts.files].sort((a, b) => (a.path < b.path ? -1 : 1));

  return hashOf({
    v: 1,
    engine: parts.engine,
    files,
    code: parts.code,
    options: parts.options,
    allow: parts.allow,
  });
}

/** What the verdict on bytes of this `exec` depends on. */
export function verdictOf(
  exec: string,
  parts: Pick<FingerprintParts, "evidence" | "policy" | "lineage" | "checks">,
): string {
  return hashOf({
    v: 1,
    exec,
    evidence: parts.evidence,
    policy: parts.policy,
    lineage: parts.lineage,
    checks: parts.checks,
  });
}
