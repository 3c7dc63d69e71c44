import type { Resize, Step } from "./steps.ts";

/** Resizings that are mistaken for each other. */
const COMMON = [
  "cv2.linear",
  "pillow.linear",
  "cv2.nearest",
  "cv2.area",
  "cv2.cubic",
  "pillow.cubic",
];

const MODES: { mode: Resize["mode"]; words: (to: Resize["to"]) => string }[] = [
  { mode: "stretch", words: (to) => `it was stretched to ${to.join("×")}` },
  {
    mode: "keep_ratio",
    words: (to) =>
      `it was resized to fit ${to.join("×")} with its aspect ratio kept`,
  },
  {
    mode: "short_edge",
    words: ([to]) => `its short edge was resized to ${to}`,
  },
  { mode: "long_edge", words: ([to]) => `its long edge was resized to ${to}` },
];

/** Other steps before the normalisation, and what is different in them. */
export interface Geometry {
  differs: string[];
  steps: Step[];
}

/** As said first, then one resizing changed in its way or its interpolation. Without decode order: all are blue first. */
export function geometries(steps: readonly Step[]): Geometry[] {
  const own = steps.filter(({ kind }) => kind === "resize" || kind === "crop");
  const at = own.findIndex(({ kind }) => kind === "resize");
  const said = own[at];
  if (said?.kind !== "resize") return [{ differs: [], steps: own }];

  const variants: [string[], Partial<Resize>][] = [
    ...COMMON.filter((interp) => interp !== said.interp).map(
      (interp): [string[], Partial<Resize>] => [
        [`it was resized with ${interp}, not ${said.interp}`],
        { interp },
      ],
    ),
    ...MODES.filter(({ mode }) => mode !== said.mode).map(
      ({ mode, words }): [string[], Partial<Resize>] => [
        [words(said.to)],
        { mode },
      ],
    ),
  ];

  return [
    { differs: [], steps: own },
    ...variants.map(([differs, change]) => ({
      differs,
      steps: own.with(at, { ...said, ...change }),
    })),
  ];
}
