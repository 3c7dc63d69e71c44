import type { Contract } from "./contract.ts";

/** Whether the filter of each library widens where a picture shrinks. */
const WIDENS: readonly [RegExp, boolean][] = [
  [/^cv2\./, false],
  [/^pillow\./, true],
];

/** A step of resizing whose `antialias` is not what its function does. */
export function antialiasProblems({ preprocess }: Contract): string[] {
  return preprocess.flatMap(({ interp, antialias }) => {
    const [, widens] =
      WIDENS.find(([library]) => library.test(String(interp))) ?? [];

    return widens === undefined ||
      typeof antialias !== "boolean" ||
      antialias === widens
      ? []
      : [
          `it declares antialias ${antialias} for ${interp}, which ${widens ? "widens its filter" : "never widens its filter"}`,
        ];
  });
}
