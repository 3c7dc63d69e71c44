/** A commit, or a publication, that changed a pointer. */
export interface PointerChange {
  /** Of the commit, or of the publication. */
  id: string;
  metadata: Record<string, string>;
}
