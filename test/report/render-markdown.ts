import comrak from "comrak";

/** comrak, GitLab's own engine, with the options that GitLab sets; its sanitiser and reference filters are not here. */
export function renderMarkdown(text: string): string {
  return comrak.markdownToHTML(text, {
    extension: {
      alerts: true,
      autolink: true,
      descriptionLists: true,
      footnotes: true,
      mathCode: true,
      mathDollars: true,
      multilineBlockQuotes: true,
      strikethrough: true,
      table: true,
      tagfilter: false,
      tasklist: true,
      wikilinksTitleBeforePipe: true,
    },
    parse: { relaxedAutolinks: true, relaxedTasklistMatching: true },
    render: {
      escapedCharSpans: true,
      fullInfoString: true,
      githubPreLang: true,
      hardbreaks: false,
      unsafe: true,
    },
  });
}

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
