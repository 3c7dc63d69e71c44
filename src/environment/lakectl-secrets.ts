import { readFileSync } from "node:fs";

/**
 * The keys in lakectl's file, for the mask: found by line, as a file that is not YAML may hold them too. None where it is
 * not there or may not be read.
 */
export function lakectlSecrets(file: string): string[] {
  let text: string;

  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }

  const lines = text.matchAll(
    /^\s*(?:secret_access_key|access_key_id)\s*:\s*(["']?)(\S.*?)\1\s*(?:#.*)?$/gm,
  );
  return [...lines].map(([, , value = ""]) => value);
}
