/** How this machine reaches others: as the process was told by its variables. */
export interface NetworkSettings {
  proxies: ProxyVariables;
  authorities: readonly AuthorityFile[];
}

/** The variables of proxies, as curl, Git, pip and lakectl read them; null where unset. */
export interface ProxyVariables {
  http: string | null;
  https: string | null;
  /** Hosts that are reached directly. */
  none: string | null;
}

/** A file with certificates of authorities, and the setting that names it. */
export interface AuthorityFile {
  setting: string;
  path: string;
}
