import type { ClassPicture } from "../../validate/parity/case-pictures.ts";
import { formatNumber } from "../format.ts";
import { type CaseName, caseTitle } from "./case-title.ts";
import { html, type Markup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { both, type Sides } from "./sides.ts";

type Scores = ClassPicture["source"];

/** Scores that read the same with three digits. */
const SAME_SCORE = 0.005;

/** A classifier's sample, and the classes that each side thinks best; once where both say the same. */
export function classFigure(
  picture: Picture | null,
  { source, edge }: ClassPicture,
  place: CaseName & { labels: readonly string[]; sides: Sides },
): Markup {
  const scale = scaleOf([...source, ...edge]);
  const side = (title: string, scores: Scores) =>
    bars({ title, scores, scale, labels: place.labels });
  const isSame = looksSame(source, edge, scale.span);

  const image =
    picture &&
    html`${picture.embedded}<svg class="thumb" viewBox="0 0 ${picture.width} ${picture.height}" role="img" aria-label="${place.file ?? place.name}">${picture.drawn}</svg>`;
  const row = picture ? null : html` <span class="soft">first row</span>`;

  return html`<div class="sample${isSame ? "" : " apart"}"><div class="name">${caseTitle(place)}${row}</div><div class="guess">${image}<div class="sides">${
    isSame
      ? side(both(place.sides), source)
      : [side(place.sides.source, source), side(place.sides.edge, edge)]
  }</div></div></div>`;
}

interface Scale {
  low: number;
  span: number;
  isPart: boolean;
}

/** Parts of one are shown in percent, other scores from the lowest that is shown. */
function scaleOf(scores: Scores): Scale {
  const values = scores.map(([, score]) => score);
  const isPart = values.every((value) => value >= 0 && value <= 1);
  if (isPart) return { low: 0, span: 1, isPart };

  const low = Math.min(0, ...values);
  return { low, span: Math.max(...values) - low || 1, isPart };
}

function looksSame(source: Scores, edge: Scores, span: number): boolean {
  return (
    source.length === edge.length &&
    source.every(([label, score], index) => {
      const [other, value = Number.NaN] = edge[index] ?? [];
      return label === other && Math.abs(score - value) <= SAME_SCORE * span;
    })
  );
}

function bars({
  title,
  scores,
  scale: { low, span, isPart },
  labels,
}: {
  title: string;
  scores: Scores;
  scale: Scale;
  labels: readonly string[];
}): Markup {
  const rows = scores.map(([label, score]) => {
    const width = Math.max(0, Math.min(100, ((score - low) / span) * 100));
    const text = isPart
      ? `${Number((score * 100).toFixed(1))} %`
      : formatNumber(score);
    return html`<li><span class="label">${labels[label] ?? `class ${label}`}</span><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="back" width="100" height="6"/><rect class="score" width="${width.toFixed(1)}" height="6"/></svg><span class="number">${text}</span></li>`;
  });

  return html`<div class="bars"><b>${title}</b>${rows.length > 0 ? html`<ol>${rows}</ol>` : html`<p class="soft">no number</p>`}</div>`;
}
