import type { Settings } from "../config/settings.ts";
import { shellQuote } from "../text/shell-quote.ts";

/** Lines for a shell on the machine of who takes the models; null if nothing is published. */
export interface FetchCommands {
  fetch: string | null;
  verify: string | null;
}

/** What is published, as the lines need it. */
export interface FetchWish {
  /** The store with the snapshot, as `Store.placeAt` gives it; null if nothing is published. */
  place: string | null;
  /** Names of all models there that a reader may want. */
  models: readonly string[];
  /** Whether a key that is configured here signed all of them. */
  isSigned: boolean;
  /** Whether a key is configured here. */
  hasKey: boolean;
  settings: Pick<Settings, "key" | "edgePath" | "s3Endpoint">;
}

/** The folder for several models; one model's has its name. */
const FOLDER = "edge-models";

/**
 * `model-to-edge fetch PLACE/MODEL FOLDER` and `model-to-edge verify FOLDER`, with the flags that they need to find what
 * this run published. What no key signed is named so (`--unsigned`): its files are hashed, and nobody vouches for them.
 */
export function fetchCommands(wish: FetchWish): FetchCommands {
  const { place, models, isSigned, hasKey, settings } = wish;
  if (place === null) return { fetch: null, verify: null };

  const [only = "", ...more] = models;
  const model = more.length === 0 ? only : "";
  const folder = folderFor(model);
  const edge = flag("edge-path", settings.edgePath, "edge");
  const keyFlag = flag("key", settings.key, null);
  const unsigned = hasKey ? ["--unsigned"] : [];
  const endpoint = flag("s3-endpoint", settings.s3Endpoint, null);

  return {
    fetch: line(
      "fetch",
      `${place}/${model}`,
      folder,
      ...edge,
      ...endpoint,
      ...(isSigned ? keyFlag : unsigned),
    ),
    verify: line(
      "verify",
      folder,
      ...edge,
      ...(isSigned ? keyFlag : ["--unsigned"]),
    ),
  };
}

/** A folder of the model's name, where a shell and a person take it for one. */
function folderFor(model: string): string {
  return /^\w[\w.-]*$/.test(model) ? model : FOLDER;
}

function flag(name: string, value: string | null, fallback: string | null) {
  return value === null || value === fallback ? [] : [`--${name}`, value];
}

function line(...words: string[]): string {
  return ["model-to-edge", ...words.map(shellQuote)].join(" ");
}
