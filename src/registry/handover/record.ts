import { parseDocument, toJson } from "../../document/document.ts";
import type { NotePlace, RegistryTarget, VersionNotes } from "../target.ts";
import type { HandedRelease } from "./commands.ts";

/** Whether a file went to where it is handed over to. */
export interface HandedFile {
  /** In the version's folder; `.` where the program takes all files at once. */
  name: string;
  /** 64 hex; of `.` the version's digest. */
  sha256: string;
  /** `started`: the job ended before it could say how this went. */
  status: "started" | "sent" | "failed";
  /** Exit code of the program; null where it has none. */
  exit: number | null;
  /** sha256 of the program and its arguments, before placeholders are filled. */
  command: string;
  /** ISO 8601. */
  at: string;
}

/** `.notes/<version>/handover-<name>.json` in the registry. */
export interface HandoverRecord {
  kind: "handover";
  version: 1;
  name: string;
  release: string;
  digest: string;
  /** Of the job that wrote it last: two that write the same are still two. */
  writer: string;
  files: HandedFile[];
}

export interface KeptRecord {
  record: HandoverRecord;
  /** As it lies in the registry; null where it does not yet. */
  text: string | null;
}

export function recordPlace(release: HandedRelease, name: string): NotePlace {
  const { algorithm, name: model } = release;
  return {
    model: { algorithm, name: model },
    release: release.release,
    name: `handover-${name}`,
  };
}

/** What was handed over so far; an empty record where nothing was, or where it is about another content. */
export async function readRecord(
  { notes, url }: { notes: VersionNotes } & Pick<RegistryTarget, "url">,
  release: HandedRelease,
  { name, writer }: { name: string; writer: string },
): Promise<KeptRecord> {
  const place = recordPlace(release, name);
  const text = await notes.read(place);
  const where = `${url}: ${place.name} of ${place.model.name} ${place.release}`;
  const found =
    text === null
      ? null
      : ((await parseDocument(text, where, "handover")) as HandoverRecord);
  const files = found?.digest === release.digest ? found.files : [];

  return {
    text,
    record: {
      ...{ kind: "handover", version: 1, name, release: release.release },
      ...{ digest: release.digest, writer, files },
    },
  };
}

/** The record with one file's state changed. */
export function withFile(
  record: HandoverRecord,
  file: HandedFile,
): HandoverRecord {
  const others = record.files.filter(({ name }) => name !== file.name);
  return { ...record, files: [...others, file] };
}

export function recordText(record: HandoverRecord): string {
  return toJson(record);
}
