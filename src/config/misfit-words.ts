/** What is wrong with the value at a path of `conversion.yaml`, in words of the file; `message` is the schema's. */
export function misfitWords(
  path: readonly string[],
  message: string,
  data: unknown,
): string {
  if (path.length === 0)
    return "the file must be a map of keys that begins with `version: 1`";
  if (path.at(-1) === "code")
    return `${path.join(".")} must be a folder inside of the Git repository, such as src/detector, or . for all of it`;

  return `${path.join(".")} ${message}${asText(data, path)}`;
}

/** A number in quotes is a text, which the message about its type would not explain. */
function asText(data: unknown, path: readonly string[]): string {
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | null)?.[key],
    data,
  );

  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value)
    ? `, not the text "${value}": leave out the quotes`
    : "";
}
