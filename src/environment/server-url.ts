/** The URL of a server that answers over HTTP; null where the text is none: another scheme, or a port that does not exist. */
export function serverUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && /^https?:$/.test(url.protocol) && url.port !== "0" ? url : null;
}
