import { isObject } from "../document/json-object.ts";
import type { Json } from "./json.ts";

/** Of numbers that are the same in float32. */
const DIGITS = 7;
/** Of a pixel that is said from 0 to 1. */
const WHITE = 255;
const ORDERS: Readonly<Record<string, string>> = { bgr8: "bgr", rgb8: "rgb" };

/**
 * Steps of a contract's pre-processing in one spelling: what `docs/contract.md` lets stand for the same is the same here,
 * such as `to: 640` and `to: [640, 640]`, or a mean for 0..1 and one for 0..255. What is not known is kept as it is.
 */
export function plainSteps(steps: readonly Json[]): Json[] {
  const decoded = steps.find(({ decode }) => decode !== undefined)?.decode;
  const order = ORDERS[String(decoded)] ?? null;

  return steps.map((step) => {
    if (isObject(step.normalize))
      return { ...step, normalize: plainNormalize(step.normalize, order) };
    if (step.resize !== undefined) return plainResize(step);
    if (step.pad !== undefined)
      return { ...step, to: short(step.to), value: short(step.value ?? 0) };

    return step.center_crop === undefined
      ? step
      : { ...step, center_crop: short(step.center_crop) };
  });
}

function plainResize(step: Json): Json {
  const { resize, to, interp = "cv2.linear", antialias } = step;

  return {
    ...step,
    resize: resize === "exact" ? "stretch" : resize,
    to: short(to),
    interp,
    // Pillow's functions say it of themselves, and OpenCV's filter never widens.
    antialias:
      antialias === false && String(interp).startsWith("cv2.")
        ? null
        : antialias,
  };
}

function plainNormalize(said: Json, decoded: string | null): Json {
  const { order, range = "0..255", mean = 0, std = 1 } = said;
  const factor = range === "0..1" ? WHITE : 1;

  return {
    ...said,
    order: order ?? decoded,
    range: range === "0..1" ? "0..255" : range,
    mean: short(scaled(mean, factor)),
    std: short(scaled(std, factor)),
  };
}

function scaled(value: unknown, factor: number): unknown {
  if (Array.isArray(value)) return value.map((each) => scaled(each, factor));
  if (typeof value !== "number") return value;

  return Number((value * factor).toPrecision(DIGITS));
}

/** One number for all, where all are the same. */
function short(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.every((each) => each === value[0]) ? value[0] : value;
}
