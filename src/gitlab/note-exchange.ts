import type { GitlabClient, GitlabNote } from "./client.ts";
import { normalise } from "./note-body.ts";
import { type Marker, readMarker } from "./note-marker.ts";

export interface Exchange {
  client: GitlabClient;
  marker: Marker;
  /** The whole note with its marker; `refused` are notes of ours that the token may not change. */
  bodyWith(refused: readonly number[]): string;
  /** Status of an error that GitLab answered with, null for any other error. */
  statusOf(error: unknown): number | null;
}

export interface Exchanged {
  status: "posted" | "updated" | "unchanged" | "older";
  id: number;
}

type OwnNote = GitlabNote & { marker: Marker };

/**
 * One note per key: the oldest of ours is kept and edited, others of ours are deleted. Without compare-and-swap two jobs
 * may both post; so after a post the list is read again, and the lower id wins. That also finds a post whose answer was lost.
 */
export async function exchangeNote(exchange: Exchange): Promise<Exchanged> {
  const me = await exchange.client.userId();
  const own = await ownNotes(exchange, me);
  const newer = newerNote(own, exchange.marker);
  if (newer) return { status: "older", id: newer.id };

  const refused: number[] = [];
  for (const note of own) {
    const status = await edit(exchange, note, refused);
    if (status === "refused") refused.push(note.id);
    if (status !== "updated" && status !== "unchanged") continue;

    await removeAll(exchange, own, [note.id, ...refused]);

    return { status, id: note.id };
  }

  const posted = await exchange.client.createNote(exchange.bodyWith(refused));

  return settle(exchange, me, posted.id, refused);
}

/** After a post: is ours the only one? */
async function settle(
  exchange: Exchange,
  me: number,
  posted: number,
  refused: number[],
): Promise<Exchanged> {
  const own = (await ownNotes(exchange, me)).filter(
    ({ id }) => !refused.includes(id),
  );

  const first = own[0];

  if (!first || first.id === posted) {
    await removeAll(exchange, own, [posted]);
    return { status: "posted", id: posted };
  }

  const newer = newerNote(own, exchange.marker);
  const status = newer ? "older" : await edit(exchange, first, refused);
  const kept =
    newer?.id ??
    (status === "updated" || status === "unchanged" ? first.id : posted);

  await removeAll(
    exchange,
    own.filter(({ marker }) => marker.iid <= exchange.marker.iid),
    [kept],
  );

  return {
    status: newer ? "older" : kept === posted ? "posted" : "updated",
    id: kept,
  };
}

/** Oldest first. The marker alone proves nothing: anybody can write one. */
async function ownNotes(
  { client, marker }: Exchange,
  me: number,
): Promise<OwnNote[]> {
  const notes = (await client.listNotes()).flatMap((note) => {
    const found =
      note.system || note.authorId !== me ? null : readMarker(note.body);
    return found?.key === marker.key ? [{ ...note, marker: found }] : [];
  });
  return notes.sort((a, b) => a.id - b.id);
}

function newerNote(
  notes: readonly OwnNote[],
  marker: Marker,
): OwnNote | undefined {
  return notes.find((note) => note.marker.iid > marker.iid);
}

async function edit(
  { client, bodyWith, statusOf }: Exchange,
  note: OwnNote,
  refused: readonly number[],
): Promise<"updated" | "unchanged" | "refused" | "gone"> {
  const body = bodyWith(refused);
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
  notes: readonly OwnNote[],
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
