// A job's log as a page in the colours of GitLab's log.

const ESC = "\u001b";
const SECTION_START = new RegExp(
  `${ESC}\\[0Ksection_start:[^\\r]*\\r${ESC}\\[0K`,
  "g",
);
const SECTION_END = new RegExp(
  `${ESC}\\[0Ksection_end:[^\\r]*\\r${ESC}\\[0K\\n?`,
  "g",
);
const COLOUR = new RegExp(`${ESC}\\[(\\d+)m`, "g");
const COLOURS = { 31: "#fb6f6f", 33: "#d9a03f" };
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** `text`: with colours, and GitLab's section markers, which become titles. `from`: words of the first line that is shown. */
export function logPage(text, from) {
  const lines = text
    .replace(SECTION_END, "")
    .replace(SECTION_START, "")
    .trimEnd()
    .split("\n");
  const first = lines.findIndex((line) => line.includes(from));
  if (first < 0) throw new Error(`the log has no line with ${from}`);
  const rows = lines
    .map(
      (line, index) => `<li><i>${index + 1}</i><span>${coloured(line)}</span>`,
    )
    .slice(first);

  return `<!doctype html><meta charset="utf-8"><style>${CSS}</style><ol id="shot">${rows.join("")}</ol>`;
}

function coloured(line) {
  let open = "";
  const html = line
    .replace(/[&<>]/g, (character) => ENTITIES[character])
    .replace(COLOUR, (_, code) => {
      const close = open && "</span>";
      const style =
        code === "1"
          ? "font-weight:700"
          : COLOURS[code] && `color:${COLOURS[code]}`;
      open = style ? `<span style="${style}">` : "";
      return close + open;
    });
  return html + (open && "</span>");
}

const CSS = `
body { margin: 0; background: #1f1e24; }
ol { list-style: none; margin: 0; padding: 12px 16px 12px 8px; width: 1000px; box-sizing: border-box;
  background: #1f1e24; color: #ececef;
  font: 13px/1.5 "GitLab Mono", "JetBrains Mono", "DejaVu Sans Mono", monospace; }
li { display: flex; }
i { flex: none; width: 36px; padding-right: 14px; text-align: right; color: #89888d; font-style: normal; }
span { white-space: pre-wrap; overflow-wrap: anywhere; }
`;
