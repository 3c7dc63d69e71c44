import { isMap, isScalar, isSeq, parseDocument } from "yaml";

/** As YAML 1.2 writes a float: with a point or an exponent. */
const FLOAT = /^[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?$/;

/**
 * Paths of the whole numbers that are written as floats, such as `1.0` or `1e3`, in their order: keys and indices with
 * dots between. `text` is YAML that `readYaml` took.
 */
export function floatPaths(text: string): string[] {
  return below(parseDocument(text).contents, "");
}

function below(node: unknown, path: string): string[] {
  const place = (key: string) => (path === "" ? key : `${path}.${key}`);

  if (isMap(node))
    return node.items.flatMap(({ key, value }) =>
      below(value, place(String(isScalar(key) ? key.value : key))),
    );
  if (isSeq(node))
    return node.items.flatMap((item, index) =>
      below(item, place(String(index))),
    );

  return isScalar(node) && isWholeFloat(node.value, node.source) ? [path] : [];
}

function isWholeFloat(value: unknown, source = ""): boolean {
  return Number.isInteger(value) && FLOAT.test(source);
}
