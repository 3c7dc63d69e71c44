// Where what was downloaded or built once is kept, as the command line says it.
import { homedir } from "node:os";
import { join } from "node:path";

/** Absolute path; `MODEL_TO_EDGE_CACHE` names another one. */
export function cacheFolder() {
  const { MODEL_TO_EDGE_CACHE, XDG_CACHE_HOME } = process.env;
  const caches = XDG_CACHE_HOME || join(homedir(), ".cache");
  return MODEL_TO_EDGE_CACHE || join(caches, "model-to-edge");
}
