/** A word as a POSIX shell reads it back. */
export function shellQuote(text: string): string {
  return /^[\w./@%+:=-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
