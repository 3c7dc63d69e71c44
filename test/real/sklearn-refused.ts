import { CUSTOM, OWN, type Row } from "./sklearn-rows.ts";

/** Refused: the failure's code, and a word that its message must have. */
export const REFUSED: [Row, string, string][] = [
  [
    {
      name: "pickle-where-code-is-of-git",
      model: "logistic",
      form: "pkl",
      options: { trusted: true },
      code_from_git: true,
    },
    "code-from-store",
    "pickle",
  ],
  [{ name: "pickle", model: "logistic", form: "pkl" }, "untrusted-pickle", ""],
  [
    { name: "joblib", model: "logistic", form: "joblib" },
    "untrusted-pickle",
    "",
  ],
  [{ name: "own-type", model: "own-class" }, "untrusted-types", OWN],
  [
    {
      name: "no-converter",
      model: "own-class",
      options: { trusted_types: [OWN] },
    },
    "no-converter",
    "Doubled",
  ],
  [
    { name: "function", model: "function" },
    "not-convertible",
    "FunctionTransformer",
  ],
  ...(
    [
      ["categories", "categories"],
      ["indicator", "add_indicator"],
      ["one-and-names", "classes"],
      ["isotonic", "isotonic"],
      ["sublinear", "sublinear_tf"],
      ["rest-of-svc", "LinearSVC"],
      ["parallel-trees", "num_parallel_tree"],
      ["dart", "dart"],
      ["characters", "analyzer"],
      ["one-class-only", "a single class"],
      ["stacked-scores", "decision_function"],
      ["gaussian-classes", "Solve"],
      ["imputed-then", "SIGFPE"],
      ["neighbours-radius", "radius"],
      ["neighbours-radius-classes", "radius"],
      ["neighbours-callable", "callable"],
      ["squashed", "reg:logistic"],
      ["targets-of-trees", "targets"],
      ["roots", "reg_sqrt"],
      ["linear-leaves", "linear_tree"],
      ["zero-is-missing", "zero_as_missing"],
      ["around-stop-words", "stop_words"],
      ["ends-of-words", "token_pattern"],
      ["missing-is-a-value", "encoded_missing_value"],
      ["nothing-in-a-column", "no value in training"],
    ] as const
  ).map(([model, word]): [Row, string, string] => [
    { name: model, model },
    "not-convertible",
    word,
  ]),
  ...["threshold", "temperature"].map((model): [Row, string, string] => [
    { name: model, model, form: "joblib", options: { trusted: true } },
    "not-convertible",
    model,
  ]),
  [
    {
      name: "old-distances",
      model: "neighbours-distance",
      options: { target_opset: 10 },
    },
    "not-convertible",
    "distance",
  ],
  [
    { name: "dictionaries", model: "dictionaries" },
    "columns-unknown",
    "DictVectorizer",
  ],
  [
    { name: "classifiers", model: "classifiers" },
    "outputs-unknown",
    "sequence",
  ],
  [{ name: "two-labels", model: "two-labels" }, "outputs-unknown", "label"],
  [{ name: "not-fitted", model: "not-fitted" }, "not-fitted", ""],
  [
    {
      name: "no-estimator",
      model: "no-estimator",
      form: "pkl",
      options: { trusted: true },
    },
    "not-an-estimator",
    "dict",
  ],
  [
    { name: "cut", model: "logistic", break: "cut" },
    "checkpoint-unreadable",
    "is truncated",
  ],
  [
    { name: "empty", model: "logistic", break: "empty" },
    "checkpoint-unreadable",
    "is empty",
  ],
  [
    { name: "gzip", model: "logistic", break: "gzip" },
    "checkpoint-unreadable",
    "is not a skops file",
  ],
  [
    { name: "html", model: "logistic", break: "html" },
    "checkpoint-form",
    "web",
  ],
  [{ name: "lfs", model: "logistic", break: "lfs" }, "checkpoint-form", "LFS"],
  [
    {
      name: "zipmap",
      model: "logistic",
      options: { options: { zipmap: true } },
    },
    "zipmap",
    "maps",
  ],
  [
    {
      name: "narrow",
      model: "logistic",
      options: {
        initial_types: [{ name: "x", type: "float32", shape: [null, 3] }],
      },
    },
    "initial-types",
    "3 columns",
  ],
  [
    {
      name: "unknown-option",
      model: "logistic",
      options: { options: { raw_score: true } },
    },
    "unknown-option",
    "raw_score",
  ],
  [
    {
      name: "no-file",
      model: "own-class",
      options: {
        ...CUSTOM,
        custom_conversion_functions: { [OWN]: "other.py:convert" },
      },
    },
    "file-missing",
    "other.py",
  ],
  [
    {
      name: "no-function",
      model: "own-class",
      options: {
        ...CUSTOM,
        custom_conversion_functions: { [OWN]: "converters.py:konvert" },
      },
    },
    "function-missing",
    "konvert",
  ],
  [
    {
      name: "no-class",
      model: "own-class",
      options: {
        ...CUSTOM,
        custom_shape_calculators: {
          "estimators.Dubled": "converters.py:shape",
        },
      },
    },
    "class-not-importable",
    "Dubled",
  ],
  [
    {
      name: "sample-columns",
      model: "people",
      samples: { "people.csv": "city,age\nOslo,30\n" },
    },
    "sample-columns",
    "income",
  ],
  [
    {
      name: "sample-type",
      model: "people",
      samples: { "people.csv": "city,income,age\nOslo,much,30\n" },
    },
    "sample-type",
    "income",
  ],
];
