import type { PlannedModel } from "../plan/plan.ts";
import { makeSlots } from "./slots.ts";

/** Where a model stands in the queue for the engine. */
export interface Turn {
  /** Waits until its files may be fetched: beside the engine of the models before it, or after them. */
  download(signal: AbortSignal): Promise<void>;
  /** Waits until its engine may run. False where it had not to wait: it was its turn before. */
  engine(signal: AbortSignal): Promise<boolean>;
  /** The next one may begin. */
  end(): void;
}

export interface TurnsWish {
  /** Engines at the same time. */
  lanes: number;
  /** May this model's files be fetched beside the engines of those? */
  mayFetchAhead(
    model: PlannedModel,
    running: readonly PlannedModel[],
  ): Promise<boolean>;
}

export interface TurnWish {
  /** Of the run. */
  signal: AbortSignal;
  /** Called when its engine may run. */
  onEngine?: () => void;
}

/**
 * The order in which models are fetched and converted, which is that of the calls: as many as there are lanes, and the
 * files of the next one while their engines run.
 */
export function makeTurns({
  lanes,
  mayFetchAhead,
}: TurnsWish): (model: PlannedModel, wish: TurnWish) => Turn {
  const downloads = makeSlots(lanes);
  const engines = makeSlots(lanes);
  const running = new Set<PlannedModel>();

  return (model, { signal: run, onEngine }) => {
    const place = downloads.take(run);
    const leaveDownload = () =>
      void place.then(
        (giveBack) => giveBack(),
        () => undefined,
      );
    let leaveEngine: (() => void) | null = null;

    const engine = async (signal: AbortSignal): Promise<boolean> => {
      if (leaveEngine) return false;

      leaveEngine = await engines.take(signal);
      running.add(model);
      onEngine?.();

      return true;
    };

    return {
      async download(signal) {
        await place;
        const isAhead =
          engines.free() === 0 && (await mayFetchAhead(model, [...running]));
        if (!isAhead) await engine(signal);
      },
      async engine(signal) {
        const waited = await engine(signal);
        leaveDownload();

        return waited;
      },
      end() {
        running.delete(model);
        leaveDownload();
        leaveEngine?.();
      },
    };
  };
}
