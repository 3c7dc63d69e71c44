/** A model of test/fixtures/sklearn/estimators.py, and what to do with it. */
export interface Row {
  name: string;
  model: string;
  form?: "skops" | "joblib" | "pkl";
  options?: Record<string, unknown>;
  break?: "cut" | "empty" | "gzip" | "html" | "lfs";
  samples?: Record<string, string>;
  /** Only what Git holds may run. */
  code_from_git?: boolean;
  /** Of the converter beside the model: 2 is right. */
  factor?: number;
  /** What a wrong converter does to the thresholds of the trees: one, or a first tree's first, is off by 0.02, or by 0.00002; or all are halves. */
  splits?: "one-moved" | "root-moved" | "root-near" | "half";
  /** Two categories, or words, that know of each other's place. */
  tables?: "swapped";
  /** A bound, or what stands for a missing value, is a millionth lower. */
  marks?: "missed";
}

/** Ship, by default: all by `npm run test:engines`, these in `npm test`. */
export const FEW = [
  ...["logistic-names", "forest", "svc-two", "people", "ordinal", "texts"],
  ...["outliers", "clusters", "xgboost-scaled", "lightgbm", "two-targets"],
  ...["shop-text", "vote-flat", "svc-poly", "neighbours-distance"],
  ...["binarized", "zeros-filled"],
  ...["words-beyond-ascii", "poisson-trees", "xgboost-categories"],
  ...["lightgbm-forest-classes", "grouped", "odd-names", "accents-pairs"],
  ...["largest"],
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
  ...["svc-poly-scores", "svc-poly-two", "svc-poly-scaled", "svc-sigmoid"],
  ...["nu-svc-poly", "svr-poly", "neighbours-distance-values"],
  ...["neighbours-distance-bagged", "one-class", "projected-forest"],
  ...["towns", "words", "network", "words-network"],
  ...["constant-filled", "passed-on", "bins-sparse", "xgboost-softmax"],
  ...["values-gamma-voted", "from-zero", "mean-of-trees", "one-against-all"],
  ...["lightgbm-alone", "steep", "grouped-ignored", "grouped-dropped"],
  ...["grouped-few", "grouped-array", "numbered", "numbered-array", "nested"],
  ...["from-the-end", "accents", "single-letters", "gaussian-scaled"],
  ...["calibrated-fitted", "calibrated-machine"],
];

export const OWN = "estimators.Doubled";
export const CUSTOM = {
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
  {
    name: "polynomial-scores-of-the-other-class",
    model: "svc-poly-two",
    options: { options: { SVC: { raw_scores: false } } },
  },
  { name: "one-split-moved", model: "forest", splits: "one-moved" },
  { name: "splits-in-half", model: "forest", splits: "half" },
  { name: "lightgbm-split-moved", model: "lightgbm", splits: "one-moved" },
  { name: "lightgbm-splits-in-half", model: "lightgbm", splits: "half" },
  ...["forest", "boosting", "xgboost", "lightgbm"].map(
    (model): Row => ({ name: `${model}-near`, model, splits: "root-near" }),
  ),
  { name: "categories-swapped", model: "towns", tables: "swapped" },
  { name: "words-swapped", model: "words", tables: "swapped" },
  {
    name: "words-of-ascii",
    model: "texts",
    options: { options: { TfidfVectorizer: { tokenexp: "[a-zA-Z0-9_]+" } } },
  },
  ...["boosting", "lightgbm-scaled", "people-forest", "projected-forest"].map(
    (model): Row => ({ name: `${model}-moved`, model, splits: "root-moved" }),
  ),
  ...["binarized", "zeros-filled"].map(
    (model): Row => ({ name: `${model}-missed`, model, marks: "missed" }),
  ),
];
