export interface UndoWish {
  target: string;
  /** The commit of the target that is taken back. */
  commit: string;
  message: string;
  metadata: Record<string, string>;
}

export type UndoOutcome =
  | { status: "undone"; commit: string }
  /** The branch holds nothing of it any more. */
  | { status: "unchanged"; commit: string }
  | {
      status: "conflict" | "dirty" | "protected" | "gone" | "impossible";
      message: string;
      hint: string;
    };
