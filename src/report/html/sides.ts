/** Titles of the two models that are shown side by side. */
export interface Sides {
  source: string;
  edge: string;
}

export const SOURCE_AND_EDGE: Sides = { source: "Source", edge: "Edge model" };

/** `Source and edge model`, where both look the same. */
export function both({ source, edge }: Sides): string {
  return `${source} and ${edge.charAt(0).toLowerCase()}${edge.slice(1)}`;
}
