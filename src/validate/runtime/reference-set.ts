import { distinctCases } from "../evidence/distinct-cases.ts";
import { feedsOf } from "../evidence/feeds.ts";
import { openReferences } from "../evidence/open-references.ts";
import {
  elementsOf,
  type ReferenceCase,
  type References,
} from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { Budget } from "./budget.ts";
import { once } from "./once.ts";
import type { Watch } from "./watch.ts";

/** The references of one model, opened at the first call. */
export interface ReferenceSet {
  /** Null where there are none; rejects with `UsageError` where they cannot be used. */
  open(): Promise<References | null>;
  /** The cases without those that feed the same again. */
  cases(): Promise<ReferenceCase[]>;
  /** The case's inputs, read from the file. */
  feeds(referenceCase: ReferenceCase): Promise<Feeds>;
  close(): Promise<void>;
}

/** `path` is that of `references.safetensors`, null where there is none; what the cases feed is told to the budget. */
export function createReferenceSet(
  path: string | null,
  budget: Budget,
  watch: Watch,
): ReferenceSet {
  /** Checks go on without much; without what the machine does not give none does. */
  const noted = (error: unknown): never => {
    watch.failed(error);
    throw error;
  };

  const open = once(async (): Promise<References | null> => {
    if (path === null) return null;
    const opened = await openReferences(path).catch(noted);
    for (const { inputs } of opened.cases) budget.allow(elementsOf(inputs));

    return { ...opened, read: (entry) => opened.read(entry).catch(noted) };
  });

  const cases = once(async () => {
    const opened = await open();
    return opened ? await distinctCases(opened) : [];
  });

  return {
    open,
    cases,
    async feeds(referenceCase) {
      const opened = await open();
      return opened ? await feedsOf(opened, referenceCase) : new Map();
    },
    async close() {
      const opened = await open().catch(() => null);
      await opened?.close();
    },
  };
}
