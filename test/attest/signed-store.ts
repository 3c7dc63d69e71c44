import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/command-inside.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";
import { ForgedBranch } from "./forge.ts";
import type { KeyPair } from "./signing.ts";

/** A store whose checkout trusts these keys, and the variable with the private half of the first. */
export function signedStore(...keys: KeyPair[]) {
  const store = toyStore();
  trust(store, ...keys);
  const env = { MODEL_TO_EDGE_SIGNING_KEY: keys[0]?.privateKey ?? "" };
  return { store, env, forged: new ForgedBranch(store.branch) };
}

export function trust(store: ToyStore, ...keys: KeyPair[]): void {
  const text = keys.map(({ publicKey }) => publicKey).join("\n");
  writeFileSync(join(store.cwd, "model-to-edge.pub"), text);
}

export function verify(store: ToyStore, place: string, ...args: string[]) {
  return command(["verify", place, ...args], { cwd: store.cwd });
}
