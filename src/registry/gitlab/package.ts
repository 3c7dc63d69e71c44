/** A generic package: name and version are unique in a project. */
export interface PackageAt {
  name: string;
  version: string;
}

export interface FoundPackage extends PackageAt {
  id: number;
}

export interface PackageFile {
  /** GitLab counts them up: of two files, the one with the lower number was there first. */
  id: number;
  /** With `/`, as it was uploaded. */
  name: string;
  /** 64 hex. */
  sha256: string;
}

/** For messages. */
export function shown({ name, version }: PackageAt): string {
  return `package ${name} ${version}`;
}
