import type { Sizes } from "../evidence/shape-tries.ts";

/** `h (height) and w (width)`. */
export function axisNames(sizes: Sizes): string {
  return [...sizes.keys()]
    .map((axis) => `${axis.name} (${axis.kind})`)
    .join(" and ");
}

/** `h = 24, w = 32`. */
export function sizesText(sizes: Sizes): string {
  return [...sizes].map(([axis, size]) => `${axis.name} = ${size}`).join(", ");
}
