import type { GitlabClient } from "./client.ts";
import type { EarlierNotes, MarkedNote } from "./marked-note.ts";
import { normalise } from "./note-body.ts";
import { type Marker, readMarker } from "./note-marker.ts";
import { markSuperseded } from "./superseded-note.ts";

export interface Exchange {
  client: GitlabClient;
  marker: Marker;
  /** The whole note with its marker. */
  bodyWith(earlier: EarlierNotes): string;
  /** Address of a note, null where it is not known. */
  linkTo(id: number): string | null;
  /** Status of an error that GitLab answered with, null for any other error. */
  statusOf(error: unknown): number | null;
  mode: NoteMode;
}

/** What is done with the note of an earlier pipeline, and where there is none. */
export interface NoteMode {
  /** It stays, marked as superseded, and a new one is posted. */
  keepsEarlier: boolean;
  /** Where no note of ours is there, none is posted. */
  onlyEdits: boolean;
}

export interface Exchanged {
  status: "posted" | "updated" | "unchanged" | "older" | "quiet";
  /** Null where there is no note. */
  id: number | null;
}

/** What is there before anything is written. */
interface Found {
  /** Our user. */
  me: number;
  own: MarkedNote[];
  /** Of other authors, and not marked as superseded. */
  foreign: MarkedNote[];
  /** The newest of ours. */
  before: Marker | null;
}

/**
 * One note per key: the oldest of ours is kept and edited, others of ours are deleted. Without compare-and-swap two jobs
 * may both post; so after a post the list is read again, and the lower id wins. That also finds a post whose answer was lost.
 * Notes of other authors are named in ours, and marked as superseded where GitLab lets us.
 */
export async function exchangeNote(exchange: Exchange): Promise<Exchanged> {
  const me = await exchange.client.userId();
  const notes = await markedNotes(exchange);
  const own = notes.filter(({ authorId }) => authorId === me);
  const newer =
    newerNote(own, exchange.marker) ?? successor(notes, me, exchange.marker);
  if (newer) return { status: "older", id: newer.id };

  const foreign = notes.filter(
    (note) => note.authorId !== me && !note.marker.superseded,
  );
  if (exchange.mode.onlyEdits && own.length === 0)
    return { status: "quiet", id: null };

  const kept = own.filter((note) => staysAsIs(exchange, note));
  const exchanged = await writeOwn(exchange, {
    me,
    own: own.filter((note) => !kept.includes(note)),
    foreign,
    before: own.at(-1)?.marker ?? null,
  });

  // What says to be newer is left alone: it may be, and it is named.
  for (const note of [...kept, ...foreign].filter(isOutdated(exchange.marker)))
    await markSuperseded(exchange, note, linkOf(exchange, exchanged));

  return exchanged;
}

function linkOf({ linkTo }: Exchange, { id }: Exchanged): string | null {
  return id === null ? null : linkTo(id);
}

/** A note of an earlier pipeline that is not edited into the new one. */
function staysAsIs({ mode, marker }: Exchange, note: MarkedNote): boolean {
  return mode.keepsEarlier && note.marker.iid !== marker.iid;
}

function isOutdated(marker: Marker): (note: MarkedNote) => boolean {
  const isOld = isNotNewer(marker);
  return (note) => isOld(note) && !note.marker.superseded;
}

async function writeOwn(exchange: Exchange, found: Found): Promise<Exchanged> {
  const { own, foreign, before } = found;
  const refused: number[] = [];
  for (const note of own) {
    const status = await edit(exchange, note, {
      ...{ refused, foreign, before },
    });
    if (status === "refused") refused.push(note.id);
    if (status !== "updated" && status !== "unchanged") continue;

    await removeAll(exchange, own, [note.id, ...refused]);

    return { status, id: note.id };
  }

  const earlier = { refused, foreign, before };
  const posted = await exchange.client.createNote(exchange.bodyWith(earlier));

  return settle(exchange, found.me, posted.id, earlier);
}

/** After a post: is ours the only one? */
async function settle(
  exchange: Exchange,
  me: number,
  posted: number,
  earlier: EarlierNotes,
): Promise<Exchanged> {
  const own = (await markedNotes(exchange)).filter(
    (note) =>
      note.authorId === me &&
      !earlier.refused.includes(note.id) &&
      !staysAsIs(exchange, note),
  );

  const first = own[0];

  if (!first || first.id === posted) {
    await removeAll(exchange, own, [posted]);
    return { status: "posted", id: posted };
  }

  const newer = newerNote(own, exchange.marker);
  const status = newer ? "older" : await edit(exchange, first, earlier);
  const kept =
    newer?.id ??
    (status === "updated" || status === "unchanged" ? first.id : posted);

  await removeAll(exchange, own.filter(isNotNewer(exchange.marker)), [kept]);

  return {
    status: newer ? "older" : kept === posted ? "posted" : "updated",
    id: kept,
  };
}

/** Oldest first, of any author: the marker alone proves nothing, anybody can write one. */
async function markedNotes({
  client,
  marker,
}: Exchange): Promise<MarkedNote[]> {
  const notes = (await client.listNotes()).flatMap((note) => {
    const found = note.system ? null : readMarker(note.body);
    return found?.key === marker.key ? [{ ...note, marker: found }] : [];
  });
  return notes.sort((a, b) => a.id - b.id);
}

/** The newer note of another author for which ours was marked as superseded. */
function successor(
  notes: readonly MarkedNote[],
  me: number,
  marker: Marker,
): MarkedNote | undefined {
  const isOurs = (note: MarkedNote) => note.authorId === me;
  if (!notes.some((note) => isOurs(note) && note.marker.superseded)) return;

  return newerNote(
    notes.filter((note) => !isOurs(note)),
    marker,
  );
}

function isNotNewer({ iid }: Marker): (note: MarkedNote) => boolean {
  return ({ marker }) => marker.iid <= iid;
}

function newerNote(
  notes: readonly MarkedNote[],
  marker: Marker,
): MarkedNote | undefined {
  return notes.find((note) => note.marker.iid > marker.iid);
}

async function edit(
  { client, bodyWith, statusOf }: Exchange,
  note: MarkedNote,
  earlier: EarlierNotes,
): Promise<"updated" | "unchanged" | "refused" | "gone"> {
  const body = bodyWith(earlier);
  if (normalise(note.body) === normalise(body)) return "unchanged";

  try {
    await client.editNote(note.id, body);
    return "updated";
  } catch (error) {
    const status = statusOf(error);
    if (status === 403) return "refused";
    if (status === 404) return "gone";

    throw error;
  }
}

/** Tidying up: a note that cannot be deleted is no reason to fail. */
async function removeAll(
  exchange: Exchange,
  notes: readonly MarkedNote[],
  except: readonly number[],
): Promise<void> {
  for (const { id } of notes.filter((note) => !except.includes(note.id))) {
    try {
      await exchange.client.deleteNote(id);
    } catch (error) {
      if (exchange.statusOf(error) === null) throw error;
    }
  }
}
