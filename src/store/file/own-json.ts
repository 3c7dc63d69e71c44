import { objectIn } from "../../document/json-object.ts";

/** An object of a file that the store keeps for itself; null where it is damaged: what it says is made again. */
export function ownJson<T extends object>(text: string): T | null {
  return objectIn(text) as T | null;
}
