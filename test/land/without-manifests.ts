/** What the manifest says of tokens is of the branch where it was made; everything else must be equal. */
export function withoutManifests(
  files: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).filter(([path]) => !path.endsWith("manifest.json")),
  );
}
