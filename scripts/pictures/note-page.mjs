// A note as a page that looks as it does on a merge request.
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../parts/gitlab-markdown.mjs";

/** `pictures`: from the addresses that the note shows to files on this machine. */
export function notePage(markdown, pictures) {
  let html = withSigns(renderMarkdown(markdown));
  for (const [address, file] of pictures) html = html.replaceAll(address, file);
  return `<!doctype html><meta charset="utf-8"><style>${CSS}</style>
<div class="note" id="shot"><div class="avatar">M</div><div class="bubble">
<div class="author"><b>model-to-edge</b> <span>@project_10_bot · just now</span></div>
<div class="md">${html}</div></div></div>`;
}

/** The two signs of the runs are drawn, as GitLab ships its own: a machine for builds has no font with emoji. */
function withSigns(html) {
  const sign = (body) =>
    `<svg class="sign" viewBox="0 0 20 20" fill="none" stroke-width="3" stroke-linecap="round">${body}</svg>`;
  const tick = `<rect width="20" height="20" rx="4" fill="#58b04c"/><path d="M5 10.5l3.5 3.5L15 6" stroke="#fff"/>`;
  const cross = `<path d="M4 4l12 12M16 4L4 16" stroke="#dd2e44" stroke-width="4"/>`;
  return html.replaceAll("✅", sign(tick)).replaceAll("❌", sign(cross));
}

const CSS = `
body { margin: 0; background: #fff; color: #28272d;
  font: 14px/1.5 "GitLab Sans", Inter, "DejaVu Sans", "Noto Color Emoji", sans-serif; }
.note { display: flex; gap: 12px; padding: 16px; width: 880px; box-sizing: border-box; }
.avatar { flex: none; width: 32px; height: 32px; border-radius: 50%; background: #e9ebff;
  color: #4e65cd; display: grid; place-items: center; font-weight: 600; }
.bubble { flex: 1; min-width: 0; border: 1px solid #dcdcde; border-radius: 8px; padding: 12px 16px; }
.author { margin-bottom: 8px; } .author span { color: #737278; }
.md > :last-child { margin-bottom: 0; }
.md h3 { font-size: 1.15em; line-height: 1.3; margin: 0 0 12px; font-weight: 600; }
.md p, .md table, .md ul, .md details, .md pre { margin: 0 0 12px; }
.md ul { padding-left: 24px; }
.md a { color: #0b5cad; text-decoration: none; }
.md a code { color: inherit; }
.md code { font: 90% "GitLab Mono", "JetBrains Mono", "DejaVu Sans Mono", monospace;
  background: #ececef; border-radius: 4px; padding: 2px 4px; }
.md pre { background: #fbfafd; border: 1px solid #dcdcde; border-radius: 4px; padding: 8px 12px; overflow: hidden; }
.md pre code { background: none; padding: 0; white-space: pre-wrap; }
.md table { border-collapse: collapse; width: 100%; }
.md th, .md td { border: 1px solid #dcdcde; padding: 10px 12px; text-align: left; vertical-align: top; }
.md th { background: #fbfafd; border-bottom-width: 2px; }
.sign { width: 1.1em; height: 1.1em; vertical-align: -0.18em; }
.md img { max-width: 100%; display: block; }
.md summary { cursor: pointer; }
`;
