/** Boxes of both sides in the first image of a case, for the report's picture: corners, score, label. */
export interface BoxPicture {
  case: string;
  source: number[][];
  edge: number[][];
}
