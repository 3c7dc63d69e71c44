import type { ChannelLayout } from "./channels.ts";
import type { FloatAccumulator, Numbers } from "./float-accumulator.ts";

/** Shapes of which a case is kept to compare others with. */
const MAX_ANCHORS = 4;

/** How far the cases lie apart: outputs that do not depend on their input prove nothing. */
export function addSpread(
  accumulator: FloatAccumulator,
  dims: readonly number[],
  layout: ChannelLayout,
  exact: Numbers,
): void {
  // No rows, as where nothing was found, show nothing, and nothing can be compared with them.
  if (exact.length === 0) return;

  const { anchors, spreads } = accumulator;
  const key = dims.slice(1).join();
  const anchor = anchors.get(key);

  if (anchor) {
    accumulator.compared += 1;
    widen(spreads, layout, exact, anchor);
  } else if (anchors.size < MAX_ANCHORS) anchors.set(key, exact);
}

function widen(
  spreads: Float64Array,
  { outer, channels, inner }: ChannelLayout,
  exact: Numbers,
  anchor: Numbers,
): void {
  const common = Math.min(anchor.length, exact.length);

  for (let row = 0, flat = 0; row < outer && flat < common; row++)
    for (let channel = 0; channel < channels; channel++) {
      let largest = spreads[channel] ?? 0;
      for (const end = Math.min(flat + inner, common); flat < end; flat++) {
        const apart = Math.abs(
          (exact[flat] as number) - (anchor[flat] as number),
        );
        if (apart > largest) largest = apart;
      }

      spreads[channel] = largest;
    }
}
