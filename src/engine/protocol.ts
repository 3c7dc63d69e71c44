import type { Failure } from "../errors.ts";

/** `components/<name>/engine.json`. TypeScript never names an engine. */
export interface EngineDescription {
  protocol: 1;
  name: string;
  title: string;
  /** The Python file that is run, relative to the engine's folder. */
  entry: string;
  /** How its environment is made; absent where the plain interpreter is enough (the toy engine). */
  install?: EngineInstall;
  /**
   * A Python file that ends with 0 where its environment can compute on the NVIDIA devices of this machine (its libraries
   * may be CPU-only); asked for device `auto` alone. Absent: it can.
   */
  gpu_check?: string;
  /** What a model folder must hold. */
  accepts: AcceptedFile[];
  /** JSON Schema of the engine's options, relative to the engine's folder. */
  options: string;
  /** Names whose version `engine list` prints. */
  packages: string[];
  /** A script and its first arguments that make a model folder to try the engine with; the folder is the last one. */
  demo?: string[];
}

export interface EngineInstall {
  /** Script run as `sh SCRIPT ENVIRONMENT_FOLDER CACHE_FOLDER`, relative to the engine's folder. */
  script: string;
  /** Files that, with the script and the Python version, decide whether an environment can be used again. */
  inputs: string[];
  /** Printed before it starts: what will be done, size and minutes. */
  says: string;
}

export interface AcceptedFile {
  role: string;
  /** Matched against the path below the model's folder. */
  glob: string;
  /** `one`: exactly one, else the configuration must choose; `many`: any number, also none. */
  count: "one" | "many";
  /** The path that is meant where several match a role of one file. A folder that has it is meant for this engine. */
  preferred?: string;
  /** May be run. An engine that marks such roles promises to load the others as data where `model.code` is set. */
  runs?: boolean;
}

/** `path` is relative to the folder that it is listed with. */
export interface RequestFile {
  role: string;
  path: string;
}

/** The only argument of an engine's process is the path of this, as JSON. */
export interface EngineRequest {
  protocol: 1;
  model: {
    name: string;
    dir: string;
    files: RequestFile[];
    /** Files that may be run, of Git; then nothing of `dir` may be. Absent: they are among `files`. */
    code?: { dir: string; files: RequestFile[] };
  };
  options: Record<string, unknown>;
  /** Keys of the checkpoint that may be missing or unexpected: reviewed in Git. */
  allow: { missing: string[]; unexpected: string[] };
  device: string;
  /** Paths of sample files, absolute. */
  samples: string[];
  classes: string[] | null;
  seed: number;
  references: {
    random: number;
    fp64: boolean;
    shapes: Record<string, number[]>;
  };
  /** Written into the ONNX, sorted, as `edge.*`. */
  metadata: Record<string, string>;
  output_dir: string;
}

/** `result.json`: what the engine's process says, hostile until checked. */
export type EngineResult = {
  protocol: 1;
  warnings: string[];
  environment: {
    python: string;
    packages: Record<string, string>;
    [key: string]: unknown;
  };
  /** Seconds by stage. */
  timings: Record<string, number>;
} & (
  | {
      status: "ok";
      /** Paths below `output_dir`. Roles: `model` (the ONNX, one), `device` (goes into `edge/`), `references`, `contract`, `preview`. */
      files: { role: string; path: string }[];
      inputs: Port[];
      outputs: Port[];
    }
  | { status: "failed"; error: Failure }
);

/** One input or output of the graph. A symbolic axis is a string. */
export interface Port {
  name: string;
  dtype: string;
  shape: (number | string)[];
}

/** One line of NDJSON on file descriptor 3. */
export interface EngineProgress {
  stage: string;
  done: number;
  total: number;
}
