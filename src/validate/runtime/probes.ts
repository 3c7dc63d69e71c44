/** A run far beyond the references that ended the worker's process. */
export interface LostProbe {
  /** How many elements it fed. */
  elements: number;
  /** For a person: at which length, and what happened. */
  text: string;
  /** ONNX Runtime itself crashed there; else it was a limit of the machine or of the checks, which says nothing. */
  isCrash: boolean;
}

/** What is known of probes from processes before this one: none as large as a lost one is tried again. */
export type LostProbes = readonly LostProbe[];

/** After so many the lengths are not searched any more. */
const MOST_LOST = 3;

/** A probe of so many elements may be tried. */
export function mayProbe(lost: LostProbes, elements: number): boolean {
  return (
    lost.length < MOST_LOST && lost.every((each) => elements < each.elements)
  );
}
