/** Null where there is none. */
type Tools = { python: string } | null;

export function pythonTools(): Tools;
export function modelSigning(options?: { build?: boolean }): Tools;
export function s3Server(options?: { build?: boolean }): Tools;
export function flyte(options?: { build?: boolean }): Tools;
export function mlflow(options?: { build?: boolean }): Tools;
