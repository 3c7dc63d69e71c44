import { optionsOf } from "./command-options.ts";
import type { OptionSpec } from "./option-spec.ts";

/** What another word says for one model than for a run. */
const SAID: Readonly<Record<string, string>> = {
  engine: "default: conversion.yaml, else the one that accepts the files",
  out: "folder for the edge model, its evidence and its report",
  timeout: "for the whole export, such as 45m",
  json: "print conversion.json, the log goes to stderr",
};

/** The settings of a run that concern one model without a store. */
export const EXPORT_OPTIONS: readonly OptionSpec[] = optionsOf("export").map(
  (option) => ({
    ...option,
    description: SAID[option.name] ?? option.description,
  }),
);
