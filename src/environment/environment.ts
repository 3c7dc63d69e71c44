import type { Variables } from "./ci-values.ts";
import { type CiVariables, readCiVariables } from "./ci-variables.ts";
import { lakectlSecrets } from "./lakectl-secrets.ts";
import { type SecretMask, secretMask } from "./mask.ts";
import type { AuthorityFile, NetworkSettings } from "./network-settings.ts";

/** What the process was started with: read once by the entry, typed, and handed on. Nobody else names a variable. */
export interface Environment {
  /** GitLab's predefined variables. Throws `UsageError` at its first use where one of them is damaged. */
  readonly ci: CiVariables;
  /** `MODEL_TO_EDGE_<NAME>`; null where it is unset or empty, as templates cannot leave one out. */
  option(name: string): string | null;
  /** The value of a variable that a setting names, such as a token's; null where it is unset or empty. */
  named(variable: string): string | null;
  /** Variables with this beginning that have a value, those that were asked for so far, and the values: never logged. */
  ownVariables(prefix: string): OwnVariables;
  /** Takes every secret of the environment out of a text. */
  readonly mask: SecretMask;
  readonly path: string;
  /** `HOME`, "" where it is unset. */
  readonly home: string;
  /** How lakeFS's own tools are told where and as whom to log in. */
  readonly lakectl: LakectlVariables;
  /** Proxies and authorities. */
  readonly network: NetworkSettings;
  /** `CUDA_VISIBLE_DEVICES`; null where it is unset, which is not the same as empty. */
  readonly visibleGpus: string | null;
  /** What an engine's process may see of it. */
  readonly forEngine: Readonly<Record<string, string>>;
  /** What the installation of an engine may see of it. */
  readonly forInstall: Readonly<Record<string, string>>;
  /** What a program of the user's own may see of it: how it finds its files and the network, and no credentials. */
  readonly forTool: Readonly<Record<string, string>>;
}

export interface OwnVariables {
  names: string[];
  read: string[];
  values: string[];
}

export interface LakectlVariables {
  endpoint: string | null;
  accessKeyId: string | null;
  secretAccessKey: string | null;
  /** GitLab's ID token of the job, for a lakeFS that takes it in place of keys. */
  idToken: string | null;
  configFile: string | null;
}

const FOR_ENGINE =
  /^(PATH|LD_LIBRARY_PATH|CUDA_HOME|CUDA_VISIBLE_DEVICES|CUDA_DEVICE_ORDER|NVIDIA_VISIBLE_DEVICES|NVIDIA_DRIVER_CAPABILITIES|OMP_NUM_THREADS|OMP_WAIT_POLICY|MKL_NUM_THREADS)$/;

// Compilers, package managers and their mirrors, proxies and authorities: what a build on this machine needs.
const FOR_INSTALL =
  /^(PATH|HOME|USER|TMPDIR|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|CUDA_\w+|NVIDIA_\w+|TORCH_CUDA_ARCH_LIST|FORCE_CUDA|MMCV_\w+|CC|CXX|CFLAGS|CXXFLAGS|LDFLAGS|MAX_JOBS|MAKEFLAGS|OMP_NUM_THREADS|MKL_NUM_THREADS|OPENBLAS_\w+|PIP_\w+|UV_\w+|XDG_CACHE_HOME|https?_proxy|no_proxy|all_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|MODEL_TO_EDGE_PYTHON|MODEL_TO_EDGE_CACHE)$/i;

const FOR_TOOL =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LC_\w+|TZ|XDG_(CONFIG|CACHE|DATA)_HOME|https?_proxy|no_proxy|all_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/i;

/** Reads nothing that a caller does not ask for: `--help` has no time for it. */
export function readEnvironment(variables: Variables): Environment {
  let ci: CiVariables | undefined;

  const read = new Set<string>();

  const text = (name: string) => {
    read.add(name);
    return variables[name] || null;
  };

  return {
    get ci() {
      ci ??= readCiVariables(variables);
      return ci;
    },
    option: (name) => text(optionVariable(name)),
    named: text,
    ownVariables: (prefix) => {
      const names = Object.keys(variables).filter(
        (name) => name.startsWith(prefix) && variables[name],
      );
      return {
        ...{ names, read: [...read] },
        values: names.map((name) => variables[name] ?? ""),
      };
    },
    mask: secretMask(variables, () =>
      lakectlSecrets(
        text("LAKECTL_CONFIG_FILE") ?? `${text("HOME") ?? ""}/.lakectl.yaml`,
      ),
    ),
    path: text("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
    home: text("HOME") ?? "",
    lakectl: {
      endpoint: text("LAKECTL_SERVER_ENDPOINT_URL"),
      accessKeyId: text("LAKECTL_CREDENTIALS_ACCESS_KEY_ID"),
      secretAccessKey: text("LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY"),
      idToken: text("LAKEFS_ID_TOKEN"),
      configFile: text("LAKECTL_CONFIG_FILE"),
    },
    network: {
      proxies: {
        http: text("http_proxy") ?? text("HTTP_PROXY"),
        https: text("https_proxy") ?? text("HTTPS_PROXY"),
        none: text("no_proxy") ?? text("NO_PROXY"),
      },
      authorities: authorityFiles(text),
    },
    visibleGpus: variables.CUDA_VISIBLE_DEVICES ?? null,
    forEngine: only(variables, FOR_ENGINE),
    forInstall: only(variables, FOR_INSTALL),
    forTool: only(variables, FOR_TOOL),
  };
}

/** Node reads NODE_EXTRA_CA_CERTS by itself, unless other certificates are given beside it. */
function authorityFiles(
  text: (name: string) => string | null,
): AuthorityFile[] {
  const named = (setting: string) => {
    const path = text(setting);
    return path ? [{ setting, path }] : [];
  };

  const own = [
    ...named(optionVariable("ca-file")),
    ...named("CI_SERVER_TLS_CA_FILE"),
  ];

  return own.length > 0 ? [...own, ...named("NODE_EXTRA_CA_CERTS")] : [];
}

/** `MODEL_TO_EDGE_STORE` for `store`: each flag has a variable of the same name. */
export function optionVariable(name: string): string {
  return `MODEL_TO_EDGE_${name.toUpperCase().replaceAll("-", "_")}`;
}

function only(variables: Variables, allowed: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined && allowed.test(name) ? [[name, value]] : [],
    ),
  );
}
