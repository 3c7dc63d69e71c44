/** A model of test/fixtures/sklearn/estimators.py, and what to do with it. */
export interface Row {
  name: string;
  model: string;
  form?: "skops" | "joblib" | "pkl";
  options?: Record<string, unknown>;
  break?: "cut" | "empty" | "html" | "lfs";
  samples?: Record<string, string>;
  /** Only what Git holds may run. */
  code_from_git?: boolean;
  /** Of the converter beside the model: 2 is right. */
  factor?: number;
}

/** Ship, by default: all by `npm run test:engines`, these in `npm test`. */
export const FEW = [
  ...["logistic-names", "forest", "svc-two", "people", "ordinal", "texts"],
  ...["outliers", "clusters", "xgboost-scaled", "lightgbm", "two-targets"],
  ...["shop-text", "vote-flat"],
];
export const RIGHT = [
  ...FEW,
  ...["logistic", "logistic-two", "forest-values", "extra-trees", "boosting"],
  ...["hist", "hist-values", "ada", "bagging", "tree", "svc", "linear-svc"],
  ...["svr", "neighbours", "perceptron", "bayes", "calibrated", "linear"],
  ...["polynomial", "mixture", "components", "scaler", "pipeline", "union"],
  ...["people-forest", "search", "stack", "vote", "xgboost", "xgboost-values"],
  ...["lightgbm-values", "lightgbm-scaled"],
  ...["shop-count", "shop-boolean", "shop-filled", "shop-best", "vote-hard"],
  ...["vote-weights", "bagged-neighbours", "one-and-one", "one-and-rest"],
  ...["discriminant", "tags", "tags-network", "regressors", "stacked-values"],
  ...["gaussian", "novelty", "bins", "counted", "complement", "ties"],
  ...["calibrated-names", "saturated", "poisson", "partial", "selected"],
  ...["kernel-components", "searched", "xgboost-names", "xgboost-ranks"],
  ...["lightgbm-ranks", "lightgbm-categories"],
];

const OWN = "estimators.Doubled";
const CUSTOM = {
  trusted_types: [OWN],
  custom_conversion_functions: { [OWN]: "converters.py:convert" },
  custom_shape_calculators: { [OWN]: "converters.py:shape" },
};

/** Converted by options that are right. */
export const OPTIONS: Row[] = [
  { name: "own-converter", model: "own-class", options: CUSTOM },
  {
    name: "double",
    model: "logistic",
    options: {
      initial_types: [
        { name: "x", type: "DoubleTensorType", shape: [null, 4] },
      ],
    },
  },
  {
    name: "columns",
    model: "logistic",
    options: { options: { zipmap: "columns" } },
  },
  {
    name: "indices",
    model: "logistic-names",
    options: { options: { nocl: true } },
  },
  { name: "opset", model: "pipeline", options: { target_opset: 13 } },
  {
    name: "without-operator",
    model: "logistic",
    options: { black_op: ["LinearClassifier"] },
  },
  {
    name: "final-types",
    model: "components",
    options: { final_types: [{ name: "reduced" }] },
  },
  {
    name: "trusted-pickle",
    model: "logistic",
    form: "pkl",
    options: { trusted: true },
  },
  {
    name: "samples",
    model: "people",
    samples: { "people.csv": "city,income,age\nOslo,50000,30\nParis,,40\n" },
  },
];

/** Convert without a word, and compute something else than their source. */
export const WRONG: Row[] = [
  { name: "wrong-converter", model: "own-class", options: CUSTOM, factor: 3 },
  {
    name: "scores-of-the-other-class",
    model: "svc-two",
    options: { options: { SVC: { raw_scores: false } } },
  },
];

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
      ["characters", "tokenizer"],
    ] as const
  ).map(([model, word]): [Row, string, string] => [
    { name: model, model },
    "not-convertible",
    word,
  ]),
  [
    {
      name: "threshold",
      model: "threshold",
      form: "joblib",
      options: { trusted: true },
    },
    "not-convertible",
    "threshold",
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
    "",
  ],
  [
    { name: "empty", model: "logistic", break: "empty" },
    "checkpoint-unreadable",
    "",
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
