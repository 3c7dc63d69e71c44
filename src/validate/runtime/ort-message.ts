/** ONNX Runtime's message on one line, without its source positions. */
export function ortMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/Load model from .*? failed: ?/s, "")
    .replace(
      /\/onnxruntime_src\/\S+:\d+ .*?\)(?: const)?(?: \[with [^\]]*\])? (?=\w)/gs,
      "",
    )
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 500);
}
