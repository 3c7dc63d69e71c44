/** GitLab takes 1,000,000 characters. */
const LONGEST = 900_000;

/** As the server keeps it: no carriage returns, nothing at the end. */
export function normalise(body: string): string {
  return body.replaceAll("\r", "").trimEnd();
}

/**
 * What GitLab cannot store is taken away, and a text that is too long is cut between two blocks; a fence or a fold that
 * is open there is closed, and the tail (Markdown) says where the rest is.
 */
export function fitNote(body: string, tail: string, longest = LONGEST): string {
  const clean = body
    .replaceAll("\u0000", "")
    .replace(/\p{Surrogate}/gu, "\ufffd");
  if (clean.length <= longest) return clean;

  const room = longest - tail.length - 200;
  const end = clean.lastIndexOf("\n\n", room);
  const kept = clean.slice(0, end > 0 ? end : room);

  return `${kept}${closing(kept)}\n\n${tail}`;
}

function closing(text: string): string {
  let fence = "";
  let folds = 0;

  for (const line of text.split("\n")) {
    const run = /^`{3,}/.exec(line)?.[0] ?? "";
    if (fence) {
      if (run.length >= fence.length && line === run) fence = "";
    } else if (run) fence = run;
    else if (line === "<details>") folds += 1;
    else if (line === "</details>") folds -= 1;
  }

  return `${fence && `\n${fence}`}${"\n\n</details>".repeat(Math.max(0, folds))}`;
}
