// Markdown as GitLab renders it: comrak, GitLab's own engine, with the options that GitLab sets.
import comrak from "comrak";

/** HTML; GitLab's sanitiser and reference filters are not here. */
export function renderMarkdown(text) {
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
