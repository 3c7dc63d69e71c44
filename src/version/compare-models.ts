import { code, sentence } from "../text/message.ts";
import {
  additive,
  breaking,
  type Change,
  LEVELS,
  type Level,
  levelOf,
} from "./change.ts";
import { compareContracts } from "./compare-contracts.ts";
import {
  compareParameters,
  type ParameterFacts,
} from "./compare-parameters.ts";
import type { Json } from "./json.ts";

/** What two versions of a model are compared by. */
export interface ModelFacts {
  /** `contract.json`; null if there is none. */
  contract: Json | null;
  /** As a contract: what the graph alone says of inputs, outputs and opset. */
  ports: Json;
  /** See `graphHash`. */
  graph: string;
  /** sha256 of the model's file and of those with its weights, sorted. */
  bytes: readonly string[];
  /** Null: there is no parameter file. Absent, as in releases of before: nobody looked. */
  parameters?: ParameterFacts | null;
}

export interface ModelChange {
  level: Level;
  /** The gravest first. */
  changes: Change[];
}

/** What changed from one version of a model to another. */
export function compareModels(was: ModelFacts, is: ModelFacts): ModelChange {
  const changes = [
    ...compareDeclared(was, is),
    ...compareParameters(was.parameters, is.parameters),
    ...compareBytes(was, is),
  ];
  const rank = ({ level }: Change) => LEVELS.indexOf(level);

  return {
    level: levelOf(changes),
    changes: changes.toSorted((a, b) => rank(a) - rank(b)),
  };
}

/** If one of them has no contract, both are compared by what their graphs say. */
function compareDeclared(was: ModelFacts, is: ModelFacts): Change[] {
  if (was.contract && is.contract)
    return compareContracts(
      withDomains(was.contract, was.ports),
      withDomains(is.contract, is.ports),
    );

  const ports = compareContracts(was.ports, is.ports);
  if (was.contract)
    return [breaking(sentence`${code("contract.json")} is gone`), ...ports];
  if (is.contract)
    return [additive(sentence`${code("contract.json")} is new`), ...ports];

  return ports;
}

/** What a contract does not say, the graph does. */
function withDomains(contract: Json, ports: Json): Json {
  return { ...contract, domains: contract.domains ?? ports.domains };
}

function compareBytes(was: ModelFacts, is: ModelFacts): Change[] {
  if (was.bytes.join() === is.bytes.join()) return [];

  const parts =
    was.graph === is.graph
      ? sentence`same graph, new weights`
      : sentence`different graph`;

  return [{ level: "weights", parts }];
}
