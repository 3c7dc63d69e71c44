import type { Preview } from "../report-model.ts";
import { html, type Markup } from "./markup.ts";
import { pngSize } from "./png-size.ts";

/** One preview: `embedded` stands once in the page, `drawn` wherever it is seen. */
export interface Picture {
  width: number;
  height: number;
  embedded: Markup;
  drawn: Markup;
}

/** Previews by their case; bytes that are not a PNG are left out. `id` begins the ids of this model's pictures. */
export function picturesOf(
  previews: readonly Preview[],
  id: string,
): Map<string, Picture> {
  return new Map(
    previews.flatMap((preview, index): [string, Picture][] => {
      const size = pngSize(preview.png);
      if (!size) return [];

      const { width, height } = size;
      const own = `${id}-${index}`;
      const data = `data:image/png;base64,${Buffer.from(preview.png).toString("base64")}`;

      return [
        [
          preview.case,
          {
            width,
            height,
            embedded: html`<svg class="defs" aria-hidden="true"><defs><image id="${own}" width="${width}" height="${height}" href="${data}"/></defs></svg>`,
            drawn: html`<use href="#${own}"/>`,
          },
        ],
      ];
    }),
  );
}
