import type { OptionSpec } from "./option-spec.ts";

/** The settings of `run`, and of the steps that it is made of. */
export const RUN_OPTIONS = [
  {
    name: "store",
    type: "text",
    value: "URL",
    description:
      "where the models live: lakefs://REPOSITORY, s3://BUCKET/PREFIX or file:///FOLDER",
  },
  {
    name: "model-branch",
    type: "text",
    value: "NAME",
    description:
      "branch of the store; default: the one that belongs to the Git ref",
  },
  {
    name: "engine",
    type: "text",
    value: "NAME",
    description:
      "engine for all models; default: the one in conversion.yaml, otherwise the one that accepts the files",
  },
  {
    name: "models",
    type: "text",
    value: "GLOB",
    description: "only models with these names, comma-separated globs",
  },
  {
    name: "config",
    type: "text",
    value: "FILE",
    description:
      "conversion.yaml; default: the one in the current folder, if any",
  },
  {
    name: "code-from",
    type: "text",
    value: "WHERE",
    choices: ["store", "git"],
    default: "store",
    description:
      "source of a model's Python files: its folder in the store, or this Git commit",
  },
  {
    name: "out",
    type: "text",
    value: "DIR",
    default: "model-to-edge-out",
    description: "folder for documents and reports",
    commandLineOnly: true,
  },
  {
    name: "force",
    type: "flag",
    description: "also convert unchanged models",
  },
  {
    name: "device",
    type: "text",
    value: "DEVICE",
    default: "auto",
    description: "auto, cpu or cuda:N",
  },
  {
    name: "gpu",
    type: "flag",
    description:
      "require a GPU: device auto then means cuda:0, and a machine without a GPU is an error",
  },
  {
    name: "jobs",
    type: "text",
    value: "NUMBER",
    default: "1",
    description:
      "models that are converted at the same time, within what the machine has room for; auto: as many as that. More than one only with isolation by bubblewrap, and never on a GPU",
  },
  {
    name: "isolation",
    type: "text",
    value: "LEVEL",
    choices: ["auto", "required", "none"],
    default: "auto",
    description: "how the engine is isolated from secrets and the network",
  },
  {
    name: "uncommitted",
    type: "text",
    value: "WHAT",
    choices: ["fail", "ignore"],
    default: "fail",
    description:
      "if the branch has uncommitted objects: stop, or give a verdict without publishing",
  },
  {
    name: "missing-branch",
    type: "text",
    value: "WHAT",
    choices: ["skip", "fail", "create"],
    description: "default: skip in automatic pipelines, otherwise fail",
  },
  {
    name: "create-branch-from",
    type: "text",
    value: "NAME",
    default: "main",
    description: "source of the branch that --missing-branch create makes",
  },
  {
    name: "model-path",
    type: "text",
    value: "PATH",
    default: "model",
    description: "folder of the models on the branch",
  },
  {
    name: "edge-path",
    type: "text",
    value: "PATH",
    default: "edge",
    description: "folder of the edge models on the branch",
  },
  {
    name: "publish",
    type: "text",
    value: "WHAT",
    choices: ["all", "passed", "none"],
    default: "all",
    description: "all or nothing, only models that passed, or nothing",
  },
  {
    name: "fail-on",
    type: "text",
    value: "VERDICT",
    choices: ["fail", "warn"],
    default: "fail",
    description: "the mildest verdict that makes the exit code 1",
  },
  {
    name: "note",
    type: "text",
    value: "MODE",
    choices: ["update", "new", "quiet", "off"],
    default: "update",
    description:
      "note on the merge request: one that is updated, a new one for each pipeline, or only when not green",
  },
  {
    name: "note-pictures",
    type: "text",
    value: "WHAT",
    choices: ["link", "upload", "off"],
    default: "link",
    description:
      "one picture of a detector's boxes in the note: a link to the job's artifact, an upload to the project, or none",
  },
  {
    name: "mlflow",
    type: "text",
    value: "MODE",
    choices: ["auto", "required", "off"],
    default: "auto",
    description:
      "a run in MLflow for each converted model: if MLFLOW_TRACKING_URI is set (a server that is away is a warning), required (it is exit code 3), or none",
  },
  {
    name: "token-variable",
    type: "text",
    value: "VARIABLE",
    default: "MODEL_TO_EDGE_TOKEN",
    description:
      "name of the variable that holds the GitLab token for the note",
  },
  {
    name: "signing-key-variable",
    type: "text",
    value: "VARIABLE",
    default: "MODEL_TO_EDGE_SIGNING_KEY",
    description:
      "name of the variable of type file with the Ed25519 key that signs publications",
  },
  {
    name: "key",
    type: "text",
    value: "FILE",
    description:
      "file of trusted public keys; default: the repository's model-to-edge.pub, if any",
  },
  {
    name: "store-user",
    type: "text",
    value: "NAME",
    description:
      "without a key: the lakeFS user whose publications are trusted; default: the user of these credentials",
  },
  {
    name: "require-signed",
    type: "flag",
    description: "publish and reuse only what a trusted key signed",
  },
  {
    name: "unsigned",
    type: "flag",
    description:
      "publish without a signing key although a public key is configured",
    commandLineOnly: true,
  },
  {
    name: "store-web-url",
    type: "text",
    value: "URL",
    description: "browser address of the store, for links",
  },
  {
    name: "s3-endpoint",
    type: "text",
    value: "URL",
    description: "address of lakeFS's S3 gateway, if it is not the server's",
  },
  {
    name: "timeout",
    type: "duration",
    value: "DURATION",
    description:
      "limit for the whole run, such as 45m; default: the job's timeout minus a margin",
  },
  {
    name: "patience",
    type: "duration",
    value: "DURATION",
    default: "10m",
    description: "how long to wait for a store that stops answering",
  },
  {
    name: "json",
    type: "flag",
    description: "print summary.json; the log goes to stderr",
    commandLineOnly: true,
  },
] as const satisfies readonly OptionSpec[];
