/** `release:` of a model in `conversion.yaml`. */
export interface ReleaseSettings {
  /** The folder of the registry's layout that groups models, such as `CenterPoint`. */
  algorithm: string;
  /** Its name in the registry; by default the model's. */
  name: string;
  scheme: "xyz" | "x.y" | "date" | "x.y.z-project.n";
  /** Of the scheme `x.y.z-project.n`. */
  project: string;
  /** `patch`: a small fine-tuning, which raises the third number. */
  kind: "patch";
  /** Of the model: an identifier such as `apache-2.0`, or a name of one's own. */
  license: string;
  /** More files of the model's folder, by role: a glob in that folder. */
  files: Record<string, string>;
}
