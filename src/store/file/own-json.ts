/** An object of a file that the store keeps for itself; null where it is damaged: what it says is made again. */
export function ownJson<T extends object>(text: string): T | null {
  try {
    const data: unknown = JSON.parse(text);
    const isObject = typeof data === "object" && !Array.isArray(data);
    return isObject ? (data as T | null) : null;
  } catch {
    return null;
  }
}
