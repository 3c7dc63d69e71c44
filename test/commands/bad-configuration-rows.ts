import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { config, type Row, yaml } from "./bad-input-row.ts";

/** What can be wrong in a configuration, a model or an engine. */
export const CONFIGURATION_ROWS: Row[] = [
  {
    what: "an unknown key in conversion.yaml",
    wrong: yaml("version: 1\nmodels:\n  det:\n    sampels: x\n"),
    code: 2,
    says: /conversion\.yaml:4:5 unknown key "sampels": did you mean "samples"/,
    hint: /docs\/configuration/,
  },
  {
    what: "a wrong type in conversion.yaml",
    wrong: yaml("version: 1\nmodels:\n  det:\n    samples: 3\n"),
    code: 2,
    says: /conversion\.yaml:4:14 .*string/,
    hint: /./,
  },
  {
    what: "conversion.yaml in the store that loosens",
    wrong: (s) =>
      s.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults: {validate: {off: [shapes]}}\n",
      ),
    code: 2,
    says: /loosens what a model must meet: validate\.off/,
    hint: /repository's conversion\.yaml/,
  },
  {
    what: "conversion.yaml in the store that names a device of one's own",
    wrong: (s) =>
      s.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults: {profiles: [./camera.json]}\n",
      ),
    code: 2,
    says: /names a custom device, \.\/camera\.json/,
    hint: /repository's conversion\.yaml/,
  },
  {
    what: "conversion.yml in the repository",
    wrong: (s) => writeFileSync(join(s.cwd, "conversion.yml"), "version: 1\n"),
    code: 2,
    says: /conversion\.yml is not read/,
    hint: /rename it to conversion\.yaml/,
  },
  {
    what: "Conversion.yaml beside the model",
    wrong: (s) => s.write("model/det/Conversion.yaml", "version: 1\n"),
    code: 2,
    says: /model\/det\/Conversion\.yaml is not read/,
    hint: /rename it to conversion\.yaml/,
  },
  {
    what: "an unknown device profile",
    wrong: yaml("version: 1\ndefaults:\n  profiles: [tensorrt-8.7]\n"),
    code: 2,
    says: /conversion\.yaml:3:14 unknown profile "tensorrt-8\.7": did you mean "tensorrt-8\.\d"/,
    hint: /docs\/configuration/,
  },
  {
    what: "a --config that is not there",
    args: ["--config", "nope.yaml"],
    code: 2,
    says: /nope\.yaml cannot be read/,
    hint: /--config/,
  },
  {
    what: "an option that the engine does not know",
    wrong: yaml("version: 1\ndefaults:\n  toy: {opste: 13}\n"),
    code: 2,
    says: /opste/,
    hint: /conversion\.yaml/,
  },
  {
    what: "a checkpoint that does not fit",
    wrong: config({ misbehave: "mismatch" }),
    code: 1,
    says: /old_/,
    hint: /./,
  },
  {
    what: "wrong weights",
    wrong: config({ misbehave: "wrong-weights" }),
    code: 1,
    says: /may not ship/,
    hint: /reproduce: model-to-edge run/,
  },
  {
    what: "an engine that crashes",
    wrong: config({ misbehave: "crash" }),
    code: 3,
    says: /toy/,
    hint: /./,
  },
  {
    what: "an engine that hangs",
    wrong: config({ misbehave: "hang" }),
    args: ["--timeout", "4s"],
    code: 2,
    says: /4 s|time/,
    hint: /timeout/,
  },
  {
    what: "an engine that forks and hangs",
    wrong: config({ misbehave: "fork-and-hang" }),
    args: ["--timeout", "4s"],
    code: 2,
    says: /4 s|time/,
    hint: /timeout/,
  },
  {
    what: "an engine that writes garbage",
    wrong: config({ misbehave: "garbage" }),
    code: 1,
    says: /not JSON/,
    hint: /./,
  },
  {
    what: "an engine without a result",
    wrong: config({ misbehave: "no-result" }),
    code: 1,
    says: /result/,
    hint: /engine\.log/,
  },
];
