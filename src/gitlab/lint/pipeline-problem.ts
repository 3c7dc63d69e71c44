/** Something in a project's pipeline by which our job would be lost or be another one. */
export interface PipelineProblem {
  code: string;
  says: string;
  fix: string;
}
