import { type BoxPair, drawBoxes, drawnBoxes } from "./boxes.ts";
import { type CaseName, caseTitle } from "./case-title.ts";
import { compareBoxes, differences, type SeenBox } from "./compare-boxes.ts";
import { html, type Markup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { both, type Sides } from "./sides.ts";

export interface BoxPlace extends CaseName {
  /** Class names by label. */
  labels: readonly string[];
  /** Whose boxes they are. */
  sides: Sides;
  /** All boxes count, not only those that are as sure as the others. */
  all?: boolean;
}

/** A sample with its boxes: once where both sides look the same, else side by side, with what only one has in front. */
export function boxFigure(
  picture: Picture,
  pair: BoxPair,
  place: BoxPlace,
): Markup {
  const { sides } = place;
  const compared = compareBoxes(pair.source, pair.edge);
  const apart = differences(compared);
  const side = (title: string, boxes: readonly SeenBox[]) =>
    sideFigure(picture, pair, { ...place, title, boxes });

  if (apart === 0)
    return html`<div class="sample">${picture.embedded}<div class="name">${caseTitle(place)}</div>${side(both(sides), compared.source)}</div>`;

  return html`<div class="sample apart">${picture.embedded}<div class="name">${caseTitle(place)}: ${apart} ${apart === 1 ? "box differs" : "boxes differ"}, drawn thick</div><div class="sides">${side(sides.source, compared.source)}${side(sides.edge, compared.edge)}</div></div>`;
}

function sideFigure(
  { width, height, drawn: image }: Picture,
  pair: BoxPair,
  {
    title,
    boxes,
    labels,
    all = false,
  }: BoxPlace & { title: string; boxes: readonly SeenBox[] },
): Markup {
  const drawn = drawnBoxes(boxes, pair, all);
  const only = boxes.filter(({ isShared }) => !isShared).length;
  const said = [
    boxes.length === 0 ? "no boxes" : boxCount(boxes.length),
    ...(only > 0 ? [`${only} only here`] : []),
    ...(drawn.length < boxes.length
      ? [`the ${drawn.length} most confident are drawn`]
      : []),
  ].join(", ");

  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${said}">${image}${drawBoxes(drawn, { width, height }, labels)}</svg><figcaption><b>${title}</b> · ${said}</figcaption></figure>`;
}

function boxCount(boxes: number): string {
  return boxes === 1 ? "1 box" : `${boxes} boxes`;
}
