import { link, prose } from "./markdown.ts";

/** What the note of an earlier pipeline said, in short. */
export interface EarlierPush {
  iid: number;
  says: string;
  job: string | null;
}

/** The answers to earlier pushes, the newest first, folded; GitLab's Markdown, "" where there are none. */
export function renderHistory(pushes: readonly EarlierPush[]): string {
  if (pushes.length === 0) return "";
  const lines = pushes.map(({ iid, says, job }) => {
    const name = `pipeline ${iid}`;
    return `- ${link(name, job) ?? name}: ${prose(says)}`;
  });

  return `<details>\n<summary>Earlier pushes</summary>\n\n${lines.join("\n")}\n\n</details>`;
}
