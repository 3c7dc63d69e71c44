import type { YamlFile } from "./yaml-file.ts";

const OF_THE_FILE = new Set(["version", "defaults", "models"]);

/**
 * A `conversion.yaml` in a model's own folder: what it says at the top is about that model, as if it stood below
 * `defaults`. Places in messages stay where they are in the text.
 */
export function ownModelYaml(yaml: YamlFile): YamlFile {
  const { data } = yaml;
  if (typeof data !== "object" || data === null || Array.isArray(data))
    return yaml;

  const entries = Object.entries(data as Record<string, unknown>);
  const own = entries.filter(([key]) => !OF_THE_FILE.has(key));
  if (own.length === 0) return yaml;

  const kept = Object.fromEntries(
    entries.filter(([key]) => OF_THE_FILE.has(key)),
  );
  const defaults = kept.defaults ?? {};
  const top = new Set(own.map(([key]) => key));
  const inText = (path: readonly string[]) =>
    path[0] === "defaults" && top.has(path[1] ?? "") ? path.slice(1) : path;

  return {
    data: { ...kept, defaults: { ...defaults, ...Object.fromEntries(own) } },
    atKey: (path, message) => yaml.atKey(inText(path), message),
    atValue: (path, message) => yaml.atValue(inText(path), message),
  };
}
