import { halve, interpolate, linearTaps } from "./cv2-linear.ts";
import { type BytePicture, CHANNELS, emptyPicture, toByte } from "./picture.ts";

/** A source place that a result's place covers, and how much of it. */
interface Share {
  from: number;
  part: number;
}

/**
 * `cv2.resize(..., INTER_AREA)`: the mean of the pixels under each new one. Where a side grows OpenCV interpolates
 * linearly, with positions of its own.
 */
export function resizeArea(
  picture: BytePicture,
  width: number,
  height: number,
): BytePicture {
  const [across, down] = [
    1 / (width / picture.width),
    1 / (height / picture.height),
  ];
  if (2 * width === picture.width && 2 * height === picture.height)
    return halve(picture);

  if (across >= 1 && down >= 1)
    return shrink(
      picture,
      shares(width, picture.width),
      shares(height, picture.height),
    );

  const columns = linearTaps(
    width,
    picture.width,
    areaPosition(width, picture.width),
    true,
  );

  const rows = linearTaps(
    height,
    picture.height,
    areaPosition(height, picture.height),
    false,
  );

  return interpolate(picture, columns, rows);
}

function areaPosition(
  to: number,
  from: number,
): (place: number) => { first: number; part: number } {
  const inverse = to / from;
  const scale = 1 / inverse;

  return (place) => {
    const first = Math.floor(place * scale);
    const part = Math.fround(place + 1 - (first + 1) * inverse);

    return {
      first,
      part: part <= 0 ? 0 : Math.fround(part - Math.floor(part)),
    };
  };
}

/** `computeResizeAreaTab`: slivers of less than a thousandth of a pixel are left out. */
function shares(to: number, from: number): Share[][] {
  const scale = 1 / (to / from);
  return Array.from({ length: to }, (_, place) => {
    const start = place * scale;
    const end = start + scale;
    const size = Math.min(scale, from - start);
    const [first, last] = [
      Math.ceil(start),
      Math.min(Math.floor(end), from - 1),
    ];

    const inner = Math.min(first, last);
    const list: Share[] = [];
    if (inner - start > 1e-3)
      list.push({ from: inner - 1, part: (inner - start) / size });

    for (let at = inner; at < last; at++)
      list.push({ from: at, part: 1 / size });
    if (end - last > 1e-3)
      list.push({ from: last, part: Math.min(end - last, 1, size) / size });

    return list;
  });
}

function shrink(
  { data, width: line }: BytePicture,
  columns: Share[][],
  rows: Share[][],
): BytePicture {
  const result = emptyPicture(columns.length, rows.length);
  for (const [y, row] of rows.entries())
    for (const [x, column] of columns.entries())
      for (let channel = 0; channel < CHANNELS; channel++) {
        let sum = 0;
        for (const { from: top, part: share } of row)
          for (const { from: left, part } of column)
            sum +=
              share *
              part *
              (data[(top * line + left) * CHANNELS + channel] as number);

        result.data[(y * columns.length + x) * CHANNELS + channel] =
          toByte(sum);
      }

  return result;
}
