// A report is data in and text out: of other features it imports types only.
import { importsOf } from "./imports.mjs";
import { BASE } from "./layers.mjs";

/** One problem an import of a value into src/report from another feature. */
export function reportImports(sources) {
  return [...sources]
    .filter(([path]) => path.startsWith("src/report/"))
    .flatMap(([file, text]) =>
      importsOf(file, text)
        .filter(({ to, isType }) => !isType && isAnotherFeature(to))
        .map(({ to, line }) => ({
          file,
          line,
          message: `a report imports types only, ${to} is a value: compute it before, carry it in the summary`,
        })),
    );
}

/** In a folder of src beside report; the base and files of src itself serve all. */
function isAnotherFeature(path) {
  const [, room, inside] = path.split("/");
  return inside !== undefined && room !== "report" && !BASE.includes(room);
}
