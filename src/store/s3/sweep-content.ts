import { AppError, ExternalError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import type { ContentSwept, ContentWish } from "../swept-content.ts";
import { isRefusal } from "../transfer/errors.ts";
import { ask, type Bucket } from "./bucket.ts";
import { removeKeys } from "./copy.ts";
import { heldContent, type KnownHolds } from "./held-content.ts";
import { HOLDS, SWEEP } from "./layout.ts";
import { removeLeftLandings } from "./left-landings.ts";
import { listBelow } from "./listing.ts";
import { probeConditions } from "./probe.ts";
import { finishRemovals } from "./remove-branch.ts";
import { type KnownBranches, shownContent } from "./shown-content.ts";
import { headOf } from "./stored-bytes.ts";
import { type StoredContent, storedContent } from "./stored-content.ts";
import { beginRound, type Round } from "./sweep-state.ts";
import { removeVersion } from "./version-calls.ts";

const AT_ONCE = 16;

/** What was read of the store, so that each round reads only what is new. */
interface Known {
  holds: KnownHolds;
  branches: KnownBranches;
}

/**
 * Removes the content that no branch shows or showed lately, that no draft and no publication holds, and that is older
 * than the age. Each removal happens in a round that is announced before the marks and the indexes are read: who marks
 * content later waits for the round's end (`holdContent`).
 */
export async function sweepContent(
  bucket: Bucket,
  { olderThanMs, dryRun }: ContentWish,
): Promise<ContentSwept> {
  const kept = await whyKept(bucket);
  if (kept !== null) return { removed: [], held: 0, refused: [], kept };

  const known: Known = { holds: new Map(), branches: new Map() };
  const now = await serverTime(bucket);
  const before = new Date(now - olderThanMs);
  if (!dryRun) {
    const dead = Math.max(olderThanMs, bucket.sweepTimes.holdMs);
    await removeOldHolds(bucket, new Date(now - dead));
    await removeLeftLandings(bucket, new Date(now - dead));
    await finishRemovals(bucket, new Date(now - dead));
  }

  const needed = await neededContent(bucket, before, known);
  let open: StoredContent[] = [];
  let held = 0;
  for await (const content of storedContent(bucket)) {
    if (content.changedAt > before || needed.shown.has(content.sha256))
      continue;
    if (needed.held.has(content.sha256)) held += 1;
    else open.push(content);
  }

  if (dryRun) return { removed: open, held, refused: [], kept: null };

  const removed: StoredContent[] = [];
  const refused: Error[] = [];
  while (open.length > 0) {
    const done = await sweepRound(bucket, open, { before, known });
    removed.push(...done.removed);
    refused.push(...done.refused);
    open = done.open;
  }

  // No right to any: not a matter of single objects.
  if (removed.length === 0 && refused[0]) throw refused[0];

  return {
    ...{ removed, held, kept: null },
    refused: refused.map(({ message }) => message),
  };
}

/** Null where content can be removed without harm to those who publish at the same time. */
async function whyKept(bucket: Bucket): Promise<string | null> {
  if (bucket.singleWriter)
    return "MODEL_TO_EDGE_SINGLE_WRITER is set: without conditional writes nothing tells a sweep that a publication begins";

  try {
    await probeConditions(bucket);
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === "store-unconditional")
      return error.message;
    throw error;
  }
}

/** Of a whole second, all that a server tells of an object's time. */
const SECOND = 999;

/** By an object that was just written, milliseconds: this machine's clock may be wrong. */
async function serverTime(bucket: Bucket): Promise<number> {
  const round = await beginRound(bucket);
  if (round === null) throw anotherSweep(bucket);
  await round.end();

  const written = await headOf(bucket, SWEEP);

  return written ? written.changedAt.getTime() + SECOND : 0;
}

/** Marks first: what they held is in an index before they go. */
async function neededContent(bucket: Bucket, before: Date, known: Known) {
  const held = await heldContent(bucket, known.holds);
  const shown = await shownContent(bucket, before, known.branches);

  return { held, shown };
}

/** Publications that were killed. */
async function removeOldHolds(bucket: Bucket, before: Date): Promise<void> {
  const keys: string[] = [];
  for await (const { key, changedAt } of listBelow(bucket, HOLDS))
    if (changedAt <= before) keys.push(key);

  await removeKeys(bucket, keys);
}

interface RoundSwept {
  removed: StoredContent[];
  /** What the server did not let go, such as content under a retention. */
  refused: Error[];
  /** What is left for the next round. */
  open: StoredContent[];
}

/** Removes as much as one round allows. */
async function sweepRound(
  bucket: Bucket,
  open: readonly StoredContent[],
  { before, known }: { before: Date; known: Known },
): Promise<RoundSwept> {
  const round = await beginRound(bucket);
  if (round === null) throw anotherSweep(bucket);

  try {
    const { held, shown } = await neededContent(bucket, before, known);
    const free = open.filter(
      ({ sha256 }) => !held.has(sha256) && !shown.has(sha256),
    );
    const done = await inParallel(free, AT_ONCE, (content) =>
      removeContent(bucket, content, round),
    );

    const outcome = (wanted: boolean) =>
      free.filter((_, index) => done[index] === wanted);
    const refused = done.filter((each) => typeof each === "object");
    if (free.length > 0 && outcome(false).length === free.length)
      throw tooSlow(bucket);

    return { removed: outcome(true), refused, open: outcome(false) };
  } finally {
    await round.end();
  }
}

/** False where the round was over before; the server's refusal where it refuses. */
async function removeContent(
  bucket: Bucket,
  { key, versions }: StoredContent,
  round: Round,
): Promise<boolean | Error> {
  try {
    for (const version of versions ?? [null]) {
      const isDone = await ask(bucket, async (at, signal) => {
        // Also before another try: an answer may have been lost for long.
        if (!round.isOpen()) return false;
        await removeVersion(at, bucket.prefix + key, version, signal);
        return true;
      });
      if (!isDone) return false;
    }
    return true;
  } catch (error) {
    if (isRefusal(error, "auth") || isRefusal(error, "other")) return error;
    throw error;
  }
}

function anotherSweep({ url }: Bucket): ExternalError {
  return new ExternalError(`another sweep removes content of ${url}`, {
    code: "locked",
    hint: "run again when it has ended",
  });
}

function tooSlow({ url, sweepTimes }: Bucket): ExternalError {
  return new ExternalError(
    `${url} could not be read within ${sweepTimes.roundMs / 1000} s, so that nothing was removed`,
    {
      code: "store-failed",
      hint: "run the sweep again when fewer jobs use the server",
    },
  );
}
