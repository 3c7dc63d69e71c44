import type { Found } from "../decision.ts";
import { checkedDocument, parseJson, toJson } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import type { Lineage } from "../lineage.ts";
import {
  POINTER_LIMIT,
  type Snapshot,
  type StoredFile,
} from "../store/store.ts";
import { formatBytes } from "../text/format-bytes.ts";
import type { Part } from "../text/message.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { ProvedCode } from "./git-code.ts";

/** `edge/[<name>/]manifest.json`: one per model. No commit, pipeline or time: the same result is the same bytes. */
export interface Manifest {
  kind: "manifest";
  version: 3;
  name: string;
  engine: string;
  fingerprint: Fingerprint;
  /** Inputs by store token and sha256, so that anybody can tell what the verdict covers. */
  inputs: StoredFile[];
  /** Code that came from Git; absent: it is among the inputs. */
  code?: ProvedCode;
  /** What it was trained from; absent: nobody says it. */
  lineage?: Lineage;
  /** Every published file of the model, path from the branch's root, without the manifest itself. */
  files: StoredFile[];
  verdict: PublishedVerdict;
}

/** What the checks found: a verdict that failed is never published. */
export interface PublishedVerdict extends Found {
  outcome: "pass" | "warn";
  answer: Part[];
  because: Part[];
}

/** A manifest as it is published. Throws `UsageError` for one that no reader would take. */
export function manifestBytes(manifest: Manifest): Uint8Array {
  const bytes = Buffer.from(toJson(manifest));
  if (bytes.length <= POINTER_LIMIT) return bytes;

  const count = manifest.inputs.length + manifest.files.length;
  throw new UsageError(
    `the manifest of ${manifest.name} would list ${count} files in ${formatBytes(bytes.length)}; at most ${formatBytes(POINTER_LIMIT)} are read`,
    {
      code: "manifest-too-large",
      hint: "pack the model's many small files into one, or split the model",
    },
  );
}

/** A manifest as it lies in a branch. */
export interface PublishedManifest {
  manifest: Manifest;
  /** As they lie there. */
  bytes: Uint8Array;
  /** From the branch's root. */
  path: string;
}

/** The manifest at a path; null where there is none, or a foreign file of that name, which is not touched. */
export async function readManifest(
  snapshot: Pick<Snapshot, "read">,
  path: string,
): Promise<Manifest | null> {
  return (await readPublished(snapshot, path))?.manifest ?? null;
}

/** The same with its bytes, which an attestation is about. */
export async function readPublished(
  snapshot: Pick<Snapshot, "read">,
  path: string,
): Promise<PublishedManifest | null> {
  const bytes = await snapshot.read(path, POINTER_LIMIT);
  const manifest = bytes && (await parseManifest(bytes, path));
  return bytes && manifest && { manifest, bytes, path };
}

/** A manifest of ours; null for other bytes. `path` is for messages. */
export async function parseManifest(
  bytes: Uint8Array,
  path: string,
): Promise<Manifest | null> {
  try {
    const data = parseJson(Buffer.from(bytes).toString("utf8"), path);
    const version = versionOf(data);
    if (version === 1)
      return upgraded(
        (await checkedDocument(data, path, "manifest-1")) as FirstManifest,
      );
    if (version === 2) {
      const second = await checkedDocument(data, path, "manifest-2");
      return { ...(second as SecondManifest), version: 3 };
    }

    return (await checkedDocument(data, path, "manifest")) as Manifest;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** As it was published before version 2: the verdict is one sentence, which also holds the decision of that time. */
type FirstManifest = Omit<Manifest, "version" | "verdict"> & {
  version: 1;
  verdict: { outcome: "pass" | "warn"; sentence: string };
};

/** As it was published before version 3, which may name a lineage. */
type SecondManifest = Omit<Manifest, "version" | "lineage"> & { version: 2 };

function versionOf(data: unknown): unknown {
  return (data as { version?: unknown } | null)?.version ?? null;
}

/** Its outcome counts; its sentence is not shown, as what ships is decided now. */
function upgraded({ verdict, ...manifest }: FirstManifest): Manifest {
  const warned = verdict.outcome === "warn";
  return {
    ...manifest,
    version: 3,
    verdict: {
      outcome: verdict.outcome,
      reason: "equal",
      answer: [
        {
          text: "it was equal to its source when an earlier version checked it",
        },
      ],
      because: warned
        ? [{ text: "its warnings are in the published report" }]
        : [],
    },
  };
}
