import type { CheckName } from "../../../src/validate/checks/registry.ts";
import type { SaidStep } from "../../support/golden-pairs.ts";
import { SUPPRESSING_CONTRACT } from "../../support/suppressing-detector.ts";

/** A change of `contract.json` beside a right model. */
export interface ContractMutation {
  title: string;
  found: CheckName;
}

/** Of the steps before a detector: keep the ratio, pad, normalise. */
export interface StepMutation extends ContractMutation {
  change: (steps: SaidStep[]) => SaidStep[];
}

const step =
  (key: string, change: (said: SaidStep) => SaidStep) => (steps: SaidStep[]) =>
    steps.map((said) => (key in said ? change(said) : said));
const normalize = (more: (said: { mean: number[]; std: number[] }) => object) =>
  step("normalize", ({ normalize: said }) => {
    const own = said as { mean: number[]; std: number[] };
    return { normalize: { ...own, ...more(own) } };
  });
const found = "contract";

export const WRONG_STEPS: StepMutation[] = [
  {
    title: "another mean",
    change: normalize(({ mean }) => ({ mean: mean.map((value) => value + 2) })),
    found,
  },
  {
    title: "another std",
    change: normalize(({ std }) => ({ std: std.map((value) => 1.1 * value) })),
    found,
  },
  {
    title: "Caffe's mean for ImageNet's",
    change: normalize(() => ({ mean: [103.939, 116.779, 123.68] })),
    found,
  },
  {
    title: "pixels divided by 256 for 255",
    change: normalize(({ mean, std }) => ({
      mean: mean.map((at) => (at / 255) * 256),
      std: std.map((at) => (at / 255) * 256),
    })),
    found,
  },
  { title: "no mean", change: normalize(() => ({ mean: [0, 0, 0] })), found },
  {
    title: "mean and std of pixels from 0 to 1",
    change: normalize(({ mean, std }) => ({
      mean: mean.map((at) => at / 255),
      std: std.map((at) => at / 255),
    })),
    found,
  },
  {
    title: "red and blue swapped",
    change: normalize(() => ({ order: "rgb" })),
    found,
  },
  {
    title: "another value of padding",
    change: step("pad", (said) => ({ ...said, value: 0 })),
    found,
  },
  {
    title: "another interpolation",
    change: step("resize", (said) => ({ ...said, interp: "cv2.nearest" })),
    found,
  },
  {
    title: "stretched",
    change: step("resize", (said) => ({ ...said, resize: "stretch" })),
    found,
  },
  {
    title: "no padding",
    change: (steps) => steps.filter((said) => !("pad" in said)),
    found,
  },
];

const { baked, classes, outputs } = SUPPRESSING_CONTRACT;
export const WRONG_CONTRACTS: (ContractMutation & { said: object })[] = [
  { title: "a class too few", said: { classes: classes.slice(1) }, found },
  {
    title: "another overlap of suppression",
    said: { baked: { ...baked, nms_iou: 0.5 } },
    found,
  },
  {
    title: "labels that begin at 1",
    said: {
      outputs: outputs.map((output) =>
        "label_offset" in output ? { ...output, label_offset: 1 } : output,
      ),
    },
    found,
  },
  {
    title: "another score threshold",
    said: { baked: { ...baked, score_thr: 0.3 } },
    found,
  },
];
