"""Makes a small real model to try the engine with. Argument: the model's folder.

A table of people with numbers and texts, and a pipeline that fills, scales and encodes before it classifies.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import skops.io

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS = 400
CITIES = ["Kraków", "Lisbon", "Oslo"]


def main(folder: Path) -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "age": rng.uniform(18, 90, ROWS).astype(np.float32),
            "income": rng.normal(50_000, 20_000, ROWS).astype(np.float32),
            "city": rng.choice(CITIES, ROWS).astype(object),
        }
    )
    buys = np.where(table.income + 20_000 * (table.city == "Oslo") > 55_000, "yes", "no")
    numbers = Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())])
    columns = ColumnTransformer(
        [("numbers", numbers, ["age", "income"]), ("city", OneHotEncoder(sparse_output=False), ["city"])]
    )
    model = Pipeline([("columns", columns), ("model", HistGradientBoostingClassifier(max_iter=30, random_state=1))])
    model.fit(table, buys)
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    skops.io.dump(model, folder / "buyers.skops")
    table.head(40).to_csv(folder / "samples" / "people.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
