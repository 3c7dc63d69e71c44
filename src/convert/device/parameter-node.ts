import { type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

/** Keys of contract.json that are numbers with a fraction: a node that wants 1.0 does not take 1. */
const REALS: ReadonlySet<string> = new Set([
  ...["nms_iou", "score_thr", "threshold", "value", "mean", "std"],
]);

/** A JSON value as YAML, whatever it holds; `key`: its name in the contract. Texts are quoted: `no` is no boolean. */
export function valueNode(value: unknown, key: string): Node {
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map((item) => valueNode(item, key));
    return list;
  }

  if (typeof value === "object" && value !== null) {
    const map = new YAMLMap();
    map.items = Object.entries(value).map(
      ([name, item]) => new Pair(valueNode(name, ""), valueNode(item, name)),
    );
    return map;
  }

  const scalar = new Scalar(value);
  if (typeof value === "string") scalar.type = Scalar.QUOTE_DOUBLE;
  if (Number.isInteger(value) && REALS.has(key)) scalar.minFractionDigits = 1;

  return scalar;
}
