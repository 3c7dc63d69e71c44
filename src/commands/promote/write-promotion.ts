import { join } from "node:path";
import { writeDocument, writeWhole } from "../../document/document.ts";
import type { HandoverState } from "../../registry/handover/state.ts";
import type { Promotion } from "../../registry/promotion.ts";
import { renderAnnotations } from "../../report/annotations.ts";
import { renderPromoteJunit } from "../../report/promote-junit.ts";

/** Writes `promotion.json` and `report/`, with the note (Markdown), and answers the lines for the log. */
export async function writePromotion(
  out: string,
  promotion: Promotion,
  note: string,
): Promise<string[]> {
  await writeDocument(join(out, "promotion.json"), "promotion", promotion);
  await writeReports(out, promotion);
  if (promotion.status !== "planned")
    await writeWhole(join(out, "report/note.md"), note);

  return lines(promotion);
}

async function writeReports(out: string, promotion: Promotion): Promise<void> {
  const file = (name: string) => join(out, "report", name);
  await writeWhole(file("junit.xml"), renderPromoteJunit(promotion));
  const { name, release, link } = promotion;
  await writeWhole(
    file("annotations.json"),
    renderAnnotations([{ label: `${name} ${release}`, url: link }]),
  );
}

const STATUS: Record<Promotion["status"], string> = {
  promoted: "promoted",
  there: "already there: the same model under this version",
  planned: "dry run: nothing was written",
};

function lines(promotion: Promotion): string[] {
  const { name, release, since, link, files, aliases, status } = promotion;
  const change = since
    ? [`  ${since.level} since ${since.release}: ${since.changes.join("; ")}`]
    : [];

  return [
    `${name} ${release}: ${STATUS[status]}`,
    ...change,
    `  ${files.length} files at ${link}`,
    ...aliases.map((alias) =>
      alias.was === release
        ? `  ${alias.name} names it`
        : `  ${alias.name} names it now (before: ${alias.was ?? "nothing"})`,
    ),
    ...promotion.handover.flatMap(handoverLines),
  ];
}

function handoverLines(state: HandoverState): string[] {
  const { name, status, next } = state;
  const word = status === "planned" ? "would be handed over" : "handed over";
  const what =
    status === "planned"
      ? `${state.files.filter((file) => file.status === "waiting").length} of ${state.files.length}`
      : state.handed;

  return [
    `  ${name}: ${what} ${word}`,
    ...(next ? [`  ${name}: left to do by hand: ${next}`] : []),
  ];
}
