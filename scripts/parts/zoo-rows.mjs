// What of the zoo needs no file and no process: which rows, which results still count, and the table.
import { createHash } from "node:crypto";

export const BEGIN = "<!-- table made by scripts/zoo.mjs -->";
export const END = "<!-- end of table -->";
const MEGABYTE = 1e6;

/** Each gives what is wrong with a row, or something false; it gets the names of the rows before it, too. */
const FAULTS = [
  ({ name }) =>
    !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name ?? "") &&
    "a name is small letters, digits and dashes",
  ({ name }, names) => names.includes(name) && "the name is there twice",
  ({ codebase }) =>
    !["mmpretrain", "mmdet", "mmseg"].includes(codebase) &&
    `unknown codebase ${codebase}`,
  ({ config }) =>
    !/^\w[\w+.-]*\/\w[\w+.-]*\.py$/.test(config ?? "") &&
    "config is folder/file.py below .mim/configs",
  ({ title }) => !title && "it has no title",
  ({ codebase, aim }) =>
    codebase === "mmdet" && !aim?.layers && "a detector needs heads and aim",
];

/** Throws an Error that names the row where a row is not well-formed. */
export function checkRows(rows) {
  const names = rows.map(({ name }) => name);

  for (const [place, row] of rows.entries()) {
    const fault = faultOf(row, names.slice(0, place));
    const shown = row.name ?? JSON.stringify(row).slice(0, 60);
    if (fault) throw new Error(`models.json, ${shown}: ${fault}`);
  }
  return rows;
}

/** The first thing that is wrong with a row, or undefined. `names`: of the rows before it. */
function faultOf(row, names) {
  return FAULTS.map((look) => look(row, names)).find(Boolean);
}

/** `2/3` is the second of three shards: every third row, so that slow kinds are spread. Throws on nonsense. */
export function shardOf(rows, shard) {
  if (shard === undefined) return rows;
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(shard)?.map(Number) ?? [];
  if (!index || !count || index > count)
    throw new Error(`--shard ${shard}: give INDEX/COUNT, such as 1/3`);
  return rows.filter((_, place) => place % count === index - 1);
}

/** What a result hangs on, as one word: the row and the bytes of all sources in their order. */
export function recipeOf(row, sources) {
  const sum = createHash("sha256").update(JSON.stringify(row));
  for (const source of sources) sum.update("\0").update(source);
  return sum.digest("hex").slice(0, 16);
}

/** The rows that are to be run: all with `again`, else those without a result of the same recipe; a stopped run has none. */
export function rowsToRun(rows, { recipe, finished, again }) {
  const isDone = (result, row) =>
    result !== null &&
    result.outcome !== "not run" &&
    result.recipe === recipe(row);
  return again ? rows : rows.filter((row) => !isDone(finished(row), row));
}

/** The result of one row, from the documents of the run. */
export function resultOf(
  row,
  recipe,
  { conversion, verdict, again, opset, peak, seconds, cpu, validate_cpu },
) {
  const about = {
    name: row.name,
    recipe,
    seconds: Math.round(seconds),
    cpu_seconds: cpu,
    validate_cpu_seconds: validate_cpu ?? null,
    peak_mb: Math.round(peak / MEGABYTE),
  };
  if (!verdict) {
    const reason = conversion?.failure?.message ?? "the run left no result";
    return {
      ...about,
      outcome: "not converted",
      reason,
      code: conversion?.failure?.code ?? "none",
    };
  }
  const model = conversion.files.find(({ path }) => path.endsWith(".onnx"));

  return {
    ...about,
    ...outcomeOf(verdict),
    warnings: conversion.warnings,
    validated_again: again,
    opset,
    bytes: model?.size ?? null,
    engine_seconds: conversion.timings.engine ?? null,
    validate_seconds: conversion.timings.validate ?? null,
    isolation: conversion.isolation,
    packages: conversion.environment.packages ?? null,
    fixed: conversion.environment.fixed_axes ?? {},
    outputs: outputsOf(verdict),
    behaviour: behaviourOf(verdict),
  };
}

/** Outcome with its kind of failure, and every check's sentence that made it so. */
function outcomeOf({ outcome, checks }) {
  const reasons = checks.filter(({ status }) => status === outcome);
  const isWrong = reasons.some(({ kind }) => kind !== "unproven");
  const failure = `fail, ${isWrong ? "wrong" : "unproven"}`;
  const sentences = reasons.map(
    ({ check, message }) => `${check}: ${wordsOf(message)}`,
  );

  return {
    outcome: outcome === "fail" ? failure : outcome,
    reason: outcome === "pass" ? "" : sentences.join("; "),
  };
}

/** Of each output and intermediate tensor that was judged: the worst error beside the source's own noise. */
function outputsOf(verdict) {
  return verdict.checks.flatMap(({ check, details }) =>
    [...(details.outputs ?? []), ...(details.intermediate ?? [])]
      .filter(({ rule }) => rule)
      .map(({ name, rule, max_abs, noise, tolerance, argmax_agreement }) => ({
        check,
        name,
        rule,
        error: max_abs,
        noise,
        ratio: max_abs !== null && tolerance ? max_abs / tolerance : null,
        argmax_agreement,
      })),
  );
}

/** A check's message as plain words. */
function wordsOf({ parts }) {
  return parts.flatMap((part) => Object.values(part)).join("");
}

function behaviourOf(verdict) {
  const check = verdict.checks.find(({ check }) => check === "behaviour");
  return check
    ? { status: check.status, message: wordsOf(check.message) }
    : null;
}

/** The page with its table replaced. Throws where the page has no place for it. */
export function withTable(page, table) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`the page needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

/** Names of the models that the page's table has, in its order. */
export function namesInTable(page) {
  const [, _line, ...rows] =
    page.slice(page.indexOf(BEGIN), page.indexOf(END)).match(/^\|.*$/gm) ?? [];
  return rows.map((row) => row.split("|")[1].trim());
}
