// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shells' own.
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** What a shell should offer of one command. */
export interface CompletedCommand {
  /** `run`, `engine install`. */
  words: string;
  says: string;
  /** Of its first argument; files where there are none. */
  values: readonly string[];
  options: readonly CompletedOption[];
}

export interface CompletedOption {
  /** With its `--`. */
  flag: string;
  says: string;
  takesValue: boolean;
  /** Files where there are none. */
  values: readonly string[];
}

/** The script that a shell reads to complete `name`. */
export function completionScript(
  shell: Shell,
  name: string,
  commands: readonly CompletedCommand[],
): string {
  return shell === "fish"
    ? fishScript(name, commands)
    : wordScript(shell, name, commands);
}

/** What may follow the words that are there: the commands, a command's second word, or its flags and values. */
function followers(
  commands: readonly CompletedCommand[],
): [string, string[]][] {
  const groups = new Set(
    commands.flatMap(({ words }) => words.split(" ").slice(0, -1)),
  );
  const firsts = new Set(
    commands.map(({ words }) => words.split(" ")[0] ?? ""),
  );

  return [
    ["", [...firsts, "--help", "--version"]],
    ...[...groups].map((group): [string, string[]] => [
      group,
      commands
        .filter(({ words }) => words.startsWith(`${group} `))
        .map(({ words }) => words.slice(group.length + 1)),
    ]),
    ...commands.map(({ words, values, options }): [string, string[]] => [
      words,
      [...values, ...options.map(({ flag }) => flag), "--help"],
    ]),
  ];
}

/** bash and zsh: the words so far name the command, the word before may want a value. */
function wordScript(
  shell: "bash" | "zsh",
  name: string,
  commands: readonly CompletedCommand[],
): string {
  const fn = `_${name.replaceAll("-", "_")}`;
  const follow = followers(commands).map(
    ([words, next]) => `    "${words}") offered="${next.join(" ")}" ;;`,
  );
  const values = commands.flatMap(({ words, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(
        ({ flag, values: offered }) =>
          `    "${words} ${flag}") offered="${offered.join(" ")}" ;;`,
      ),
  );
  const inner = [
    '  case "$command" in',
    ...follow,
    "  esac",
    '  case "$command $before" in',
    ...values,
    "  esac",
  ];

  return `${(shell === "bash" ? bashFrame : zshFrame)(name, fn, { known: commands.flatMap(({ words }) => prefixes(words)), inner }).join("\n")}\n`;
}

/** `engine install`: `engine`, `engine install`. */
function prefixes(words: string): string[] {
  const all = words.split(" ");
  return all.map((_, at) => all.slice(0, at + 1).join(" "));
}

interface Frame {
  known: readonly string[];
  inner: readonly string[];
}

/** Goes through the words that are there, as long as they name a command. */
function commandLoop(known: readonly string[], words: string): string[] {
  return [
    `  for word in ${words}; do`,
    '    case "${command:+$command }$word" in',
    `      ${[...new Set(known)].map((each) => `"${each}"`).join(" | ")}) command="\${command:+$command }$word" ;;`,
    "    esac",
    "  done",
  ];
}

function bashFrame(
  name: string,
  fn: string,
  { known, inner }: Frame,
): string[] {
  return [
    `# bash completion of ${name}; put it into /etc/bash_completion.d/, or: source <(${name} completion bash)`,
    `${fn}() {`,
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}" command="" offered="" word',
    ...commandLoop(known, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"'),
    ...inner,
    "  # Without words of its own, a value or an argument is a file.",
    '  COMPREPLY=($(compgen -W "$offered" -- "$current"))',
    '  case "$offered" in "" | -*) case "$current" in -*) ;; *) COMPREPLY+=($(compgen -f -- "$current")) ;; esac ;; esac',
    "}",
    `complete -o filenames -F ${fn} ${name}`,
  ];
}

function zshFrame(name: string, fn: string, { known, inner }: Frame): string[] {
  return [
    `#compdef ${name}`,
    `# zsh completion of ${name}; put it as _${name} into a folder of $fpath, or: source <(${name} completion zsh)`,
    `${fn}() {`,
    '  local before="${words[CURRENT-1]}" command="" offered="" word',
    ...commandLoop(known, '"${(@)words[2,CURRENT-1]}"'),
    ...inner,
    '  [ -z "$offered" ] || compadd -- ${=offered}',
    "  # Without words of its own, a value or an argument is a file.",
    '  case "$offered" in "" | -*) case "${words[CURRENT]}" in -*) ;; *) _files ;; esac ;; esac',
    "}",
    `if [ "$funcstack[1]" = "_${name}" ]; then ${fn} "$@"; else compdef ${fn} ${name}; fi`,
  ];
}

function fishScript(
  name: string,
  commands: readonly CompletedCommand[],
): string {
  const say = (text: string) => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
  const at = (words: string) =>
    say(
      words
        .split(" ")
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join("; and "),
    );

  const lines = commands.flatMap(({ words, says, values, options }) => {
    const all = words.split(" ");
    const before = all.slice(0, -1).join(" ");
    const siblings = commands
      .filter((other) => before && other.words.startsWith(`${before} `))
      .map((other) => other.words.slice(before.length + 1));
    const where =
      before === ""
        ? "__fish_use_subcommand"
        : `${at(before).slice(0, -1)}; and not __fish_seen_subcommand_from ${siblings.join(" ")}'`;

    return [
      `complete -c ${name} -n ${where} -f -a ${all.at(-1)} -d ${say(says)}`,
      ...(before === ""
        ? []
        : [`complete -c ${name} -n __fish_use_subcommand -f -a ${before}`]),
      ...(values.length > 0
        ? [`complete -c ${name} -n ${at(words)} -f -a ${say(values.join(" "))}`]
        : []),
      ...options.map(({ flag, says: meaning, takesValue, values: offered }) =>
        [
          `complete -c ${name} -n ${at(words)} -l ${flag.slice(2)}`,
          ...(takesValue ? ["-r"] : []),
          ...(offered.length > 0 ? ["-f", "-a", say(offered.join(" "))] : []),
          `-d ${say(meaning)}`,
        ].join(" "),
      ),
    ];
  });

  return `# fish completion of ${name}; put it into ~/.config/fish/completions/${name}.fish\n${[...new Set(lines)].join("\n")}\n`;
}
