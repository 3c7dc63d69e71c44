import { type Content, html } from "./markup.ts";

/** A case, and the file of the sample that it was made of; null where it was made up or nobody names it. */
export interface CaseName {
  name: string;
  file: string | null;
}

/** The file's name, and how messages call the case. */
export function caseTitle({ name, file }: CaseName): Content {
  return file === null
    ? html`<code>${name}</code>`
    : html`<code>${file}</code> <span class="soft">(${name})</span>`;
}
