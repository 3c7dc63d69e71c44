import { AppError } from "../../src/errors.ts";
import type { DraftRef, PublishOutcome } from "../../src/store/store.ts";
import { allDrafts, type StoreHarness, textAt } from "../store/harness.ts";
import type { FaultProxy } from "../support/fault-proxy.ts";
import { plan, type Strike } from "../support/recorded-faults.ts";

export interface Commit {
  id: string;
  parents: string[];
  metadata: Record<string, string>;
}

/** A job of a fleet and the publication, and how both ended. */
export interface Shared {
  ref: DraftRef;
  name: string;
  outcome: AppError | PublishOutcome;
}

interface World {
  at: StoreHarness;
  proxy: FaultProxy;
  log(ref: string): Promise<Commit[]>;
}

/** What both left wrong, where one of their calls met the strike. */
export async function wrongAfter(
  { at, log, proxy }: World,
  strike: Strike,
  once: () => Promise<Shared>,
): Promise<string[]> {
  const wrong: string[] = [];
  const known = new Set((await log("main")).map(({ id }) => id));
  const isMet = plan(proxy, strike);
  const { ref, name, outcome } = await once();
  if (!isMet()) wrong.push("no call met it");
  proxy.forget();

  const main = await at.store.snapshot("main");
  const isThere = (await textAt(main, `edge/${name}/m`)) === "1";
  const merges = (await log("main")).filter(
    ({ id, parents }) => parents.length === 2 && !known.has(id),
  ).length;
  const isSaid =
    outcome instanceof AppError ? !isThere : outcome.status === "published";
  if (!isSaid || merges !== (isThere ? 1 : 0))
    wrong.push(`${isThere}, ${merges} merges, ${outcome}`);

  await at.store.draft(ref, { isShared: true }).discard();
  if ((await allDrafts(at.store)).length > 0) wrong.push("something is left");

  return wrong.map((what) => `${strike.says}: ${what}`);
}
