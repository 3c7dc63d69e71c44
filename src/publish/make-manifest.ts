import type { Conversion } from "../convert/conversion.ts";
import { provedCode } from "../model/git-code.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Verdict } from "../validate/verdict.ts";

/** The manifest of a model that is not red; the same result gives the same bytes. */
export function makeManifest(
  conversion: Conversion,
  verdict: Verdict,
): Manifest {
  const { name, engine, fingerprint } = conversion;
  const { outcome, reason, answer, because } = verdict;
  if (!fingerprint || !conversion.ships || outcome === "fail")
    throw new Error(`${name} must not be published`);

  const byPath = (a: { path: string }, b: { path: string }) =>
    a.path < b.path ? -1 : 1;

  return {
    kind: "manifest",
    version: 3,
    name,
    engine,
    fingerprint,
    inputs: [...conversion.inputs].sort(byPath),
    ...(conversion.code ? { code: provedCode(conversion.code) } : {}),
    ...(conversion.lineage ? { lineage: conversion.lineage } : {}),
    files: [...conversion.staged].sort(byPath),
    verdict: { outcome, reason, answer, because },
  };
}
