import { isDeepStrictEqual } from "node:util";
import { hashBytes } from "../disk/hash-file.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type {
  Manifest,
  PublishedManifest,
  PublishedVerdict,
} from "../model/manifest.ts";

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** What the predicate is; its version counts up when the form changes. */
export const PREDICATE_TYPE = "urn:model-to-edge:verdict:1";

/** An in-toto statement: these files, and what was found of them. */
export interface Statement {
  _type: typeof STATEMENT_TYPE;
  /** Every published file of the model and its manifest, by path from the branch's root. */
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: typeof PREDICATE_TYPE;
  predicate: Predicate;
}

export interface Predicate extends Origin {
  model: string;
  engine: string;
  inputs: { path: string; sha256: string }[];
  fingerprint: Fingerprint;
  verdict: PublishedVerdict;
}

/** Where the verdict was made; no reader decides by it. */
export interface Origin {
  git: { project: string | null; ref: string | null; commit: string | null };
  data: { store: string; branch: string; commit: string };
  pipeline: string | null;
}

/** What is signed of a manifest. It holds no time: no clock makes it true or false. */
export function statementOf(
  { manifest, bytes, path }: PublishedManifest,
  origin: Origin,
): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: subjectsOf({ manifest, bytes, path }),
    predicateType: PREDICATE_TYPE,
    predicate: { ...claimsOf(manifest), ...origin },
  };
}

/** What a statement says otherwise than the manifest that lies there, in plain words; null where it is about it. */
export function contradiction(
  statement: Statement,
  published: PublishedManifest,
): string | null {
  const { predicate, subject } = statement;
  const claims = claimsOf(published.manifest);

  if (predicate.model !== claims.model)
    return `its attestation covers a different model, ${JSON.stringify(predicate.model)}`;

  const said = new Map(
    subject.map(({ name, digest }) => [name, digest.sha256]),
  );
  const there = subjectsOf(published);
  const other = there.filter(
    ({ name, digest }) => said.get(name) !== digest.sha256,
  );

  if (other.length > 0)
    return `its attestation covers different files: ${other.map(({ name }) => name).join(", ")}`;

  if (subject.length !== there.length)
    return "its attestation covers more files than its manifest lists";

  for (const [what, claim] of Object.entries(claims))
    if (!isDeepStrictEqual(predicate[what as keyof typeof claims], claim))
      return `its attestation contradicts its ${what}`;

  return null;
}

/** The manifest first; it lists the sha256 of all others. */
function subjectsOf({
  manifest,
  bytes,
  path,
}: PublishedManifest): Statement["subject"] {
  const own = hashBytes(bytes);

  return [
    { name: path, digest: { sha256: own } },
    ...manifest.files.map(({ path: name, sha256 }) => ({
      name,
      digest: { sha256 },
    })),
  ];
}

function claimsOf(manifest: Manifest): Omit<Predicate, keyof Origin> {
  const { name, engine, fingerprint, verdict } = manifest;
  const inputs = manifest.inputs.map(({ path, sha256 }) => ({ path, sha256 }));

  return { model: name, engine, inputs, fingerprint, verdict };
}
