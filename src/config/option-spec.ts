/** One setting of a run: a flag `--name`, a variable `MODEL_TO_EDGE_NAME`, and an input of the template. */
export interface OptionSpec {
  name: string;
  /** `flag` takes no value on the command line, and `true` or `false` in the variable. */
  type: "text" | "flag" | "duration";
  /** Placeholder in `--help`. */
  value?: string;
  choices?: readonly string[];
  default?: string;
  description: string;
  /** Not an input of the template `convert`. */
  commandLineOnly?: true;
}
