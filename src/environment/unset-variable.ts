/** The name of a variable that stands where its value should; null in any other text. */
function variableIn(text: string): string | null {
  return /^\$\{?(\w+)\}?$/.exec(text.trim())?.[1] ?? null;
}

/** What to do where a setting is `$NAME`, as GitLab leaves the name of a variable that has no value; null for other texts. */
export function unsetVariableHint(text: string): string | null {
  const name = variableIn(text);
  if (name === null) return null;

  return `the variable ${name} has no value in this pipeline: set it in the project (a protected one only reaches protected branches)`;
}
