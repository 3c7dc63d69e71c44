const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&amp;": "&",
};

/** What GitLab's filters look through for mentions and references: the text outside of code and tags, as a page has it. */
export function textOutsideCode(html: string): string {
  return html
    .replace(/<(code|pre)\b[^>]*>.*?<\/\1>/gs, "§")
    .replace(/<[^>]*>/g, " ")
    .replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
