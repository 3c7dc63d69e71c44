import type { DraftRef } from "./store.ts";

const PREFIX = "mte-draft-";
const PATTERN =
  /^mte-draft-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([A-Za-z0-9_]+)-([A-Za-z0-9_]+)-[0-9a-f]+$/;
/** A name must also fit as a folder of the file store (255 bytes). */
const LONGEST_PART = 90;

export interface DraftWish {
  /** The branch that publication will change. */
  branch: string;
  /** The snapshot that the plan pinned. */
  base: string;
  /** Pipeline or user. */
  owner: string;
  now: Date;
  /** At least 8 hex digits, so that two runs in one second differ. */
  unique: string;
}

/** Names a draft so that its age, owner and target can be told from the name alone, also after a crash. */
export function nameDraft({
  branch,
  base,
  owner,
  now,
  unique,
}: DraftWish): DraftRef {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return {
    id: `${PREFIX}${time}-${encodePart(owner)}-${encodePart(branch)}-${unique}`,
    branch,
    base,
    owner,
  };
}

/** What a draft's name tells, or null where it is not a draft of ours. */
export function readDraftName(
  id: string,
): { branch: string; owner: string; createdAt: Date } | null {
  const match = PATTERN.exec(id);
  if (!match) return null;

  const [, year, month, day, hour, minute, second, owner = "", branch = ""] =
    match;
  const createdAt = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}Z`,
  );
  if (Number.isNaN(createdAt.getTime())) return null;

  return { branch: decodePart(branch), owner: decodePart(owner), createdAt };
}

/** The part of a shared draft that one job fills: a draft as the sweep knows it, whose target is the shared one. */
export function nameJobDraft(shared: DraftRef, unique: string): DraftRef {
  return { ...shared, id: shared.id + unique, branch: shared.id };
}

/** Without the parts of shared drafts that are among them. */
export function wholeDrafts<T extends Pick<DraftRef, "id">>(
  drafts: readonly T[],
): T[] {
  const whole: T[] = [];
  // Behind the one that it is a part of.
  for (const draft of drafts.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const before = whole.at(-1);
    if (!before || !draft.id.startsWith(before.id)) whole.push(draft);
  }

  return whole;
}

/** Whose drafts are meant: one owner's, those of a GitLab project (its path), or all. */
export type Owners = { owner: string } | { project: string } | "anybody";

/**
 * Some stores know a draft's owner from its name alone: of a long one the end is missing there. What has none, such as
 * what a killed landing left in a folder, is everybody's, though no single run's.
 */
export function isOwnedBy(owner: string, of: Owners): boolean {
  if (of === "anybody") return true;
  if (owner === "") return "project" in of;
  if ("owner" in of) return owner === of.owner || owner === asRead(of.owner);

  const beginning = `${of.project}:`;
  return owner.startsWith(beginning) || owner.startsWith(asRead(beginning));
}

function asRead(owner: string): string {
  return decodePart(encodePart(owner));
}

export { PREFIX as DRAFT_PREFIX };

/** Letters and digits stay, every other byte becomes `_xx`: a form that is a branch's name in lakeFS. */
function encodePart(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text || "unknown")) {
    const character = String.fromCharCode(byte);
    const next = /[A-Za-z0-9]/.test(character)
      ? character
      : `_${byte.toString(16).padStart(2, "0")}`;
    if (encoded.length + next.length > LONGEST_PART) break;

    encoded += next;
  }

  return encoded;
}

function decodePart(encoded: string): string {
  const bytes = encoded.replace(/_([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
