/** The object in a text of JSON, for readers who take nothing else; null where it holds none, or is not JSON. */
export function objectIn(text: string): Record<string, unknown> | null {
  try {
    const data: unknown = JSON.parse(text);
    return isObject(data) ? data : null;
  } catch {
    return null;
  }
}

/** Neither null nor a list. */
export function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
