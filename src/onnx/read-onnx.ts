import { open, stat } from "node:fs/promises";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { LIMITS } from "./limits.ts";
import type { OnnxModel, OnnxNode } from "./model.ts";
import { readNumbers, readTensorValues } from "./read-constant.ts";
import { readPair, readTensorInfo, readValue, within } from "./read-value.ts";
import { type Field, malformed, WireReader } from "./wire.ts";

/**
 * Reads a model's structure, with subgraphs and local functions; tensors are skipped, so that any size is fine.
 * Field numbers are those of onnx.proto. Throws `UsageError` (`MalformedOnnx` where the bytes are no model).
 */
export async function readOnnx(path: string): Promise<OnnxModel> {
  // Opening a pipe would wait for ever, reading a folder fails later.
  const info = await stat(path).catch(nullUnlessPrevented);
  if (info?.isFile() === false)
    throw new UsageError(`${path} is no file`, { code: "onnx-unreadable" });
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${path} cannot be read (${error.code ?? "unknown"})`,
      { code: "onnx-unreadable", cause: error },
    );
  });

  try {
    const { size } = await file.stat();
    return new Reading(new WireReader(file.fd, size)).model({
      number: 0,
      wire: 2,
      value: 0,
      start: 0,
      end: size,
    });
  } finally {
    await file.close();
  }
}

class Reading {
  readonly #reader: WireReader;
  #constantValues = 0;
  readonly #model: OnnxModel = {
    irVersion: 0,
    producer: "",
    opsets: {},
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: [],
    constants: [],
    metadata: {},
    functions: [],
    docStrings: [],
  };

  constructor(reader: WireReader) {
    this.#reader = reader;
  }

  model(message: Field): OnnxModel {
    const model = this.#model;
    let graphs = 0;

    for (const field of within(this.#reader, message)) {
      if (field.number === 1) model.irVersion = field.value;
      if (field.number === 2 || field.number === 3)
        model.producer = `${model.producer} ${this.#text(field)}`.trim();
      if (field.number === 6) this.#note(this.#text(field));
      if (field.number === 7) graphs += this.#graph(field, "", 0);
      if (field.number === 8) this.#opset(field);
      if (field.number === 14)
        Object.assign(model.metadata, readPair(this.#reader, field));
      if (field.number === 25) this.#function(field);
    }

    if (graphs === 0) throw malformed("it holds no graph");

    const constants = new Set(model.initializers.map(({ name }) => name));
    model.inputs = model.inputs.filter(({ name }) => !constants.has(name));

    return model;
  }

  #graph(message: Field, scope: string, depth: number): 1 {
    if (depth > LIMITS.depth)
      throw malformed(`subgraphs nested more than ${LIMITS.depth} deep`);

    const { inputs, outputs } = this.#model;
    for (const field of within(this.#reader, message)) {
      if (field.number === 1) this.#node(field, scope, depth);
      if (field.number === 5) this.#initializer(field, scope);
      if (field.number === 10) this.#note(this.#text(field));
      if (field.number === 11 && depth === 0)
        push(inputs, readValue(this.#reader, field));
      if (field.number === 12 && depth === 0)
        push(outputs, readValue(this.#reader, field));
      if (field.number === 16) this.#notePair(field);
    }

    return 1;
  }

  #initializer(message: Field, scope: string): void {
    const tensor = readTensorInfo(this.#reader, message);
    push(this.#model.initializers, tensor);
    this.#constant(
      tensor.name,
      scope,
      readTensorValues(this.#reader, message, tensor),
    );
  }

  #constant(name: string, scope: string, values: number[] | null): void {
    if (!values || this.#constantValues + values.length > LIMITS.constants)
      return;
    this.#constantValues += values.length;
    push(this.#model.constants, { name, scope, values });
  }

  #node(message: Field, scope: string, depth: number): void {
    const { nodes } = this.#model;
    const node: OnnxNode = {
      op: "",
      domain: "",
      name: "",
      scope,
      inputs: [],
      outputs: [],
    };

    const attributes: Field[] = [];
    if (nodes.push(node) > LIMITS.nodes)
      throw malformed(`more than ${LIMITS.nodes} nodes`);

    const place = nodes.length;
    for (const field of within(this.#reader, message)) {
      if (field.number === 1) push(node.inputs, this.#text(field));
      if (field.number === 2) push(node.outputs, this.#text(field));
      if (field.number === 3) node.name = this.#text(field);
      if (field.number === 4) node.op = this.#text(field);
      if (field.number === 5) push(attributes, field);
      if (field.number === 6) this.#note(this.#text(field));
      if (field.number === 7) node.domain = domainName(this.#text(field));
      if (field.number === 9) this.#notePair(field);
    }

    const owner = `${scope && `${scope}/`}${node.name || `${node.op}_${place}`}`;
    for (const attribute of attributes)
      this.#attribute(attribute, node, owner, depth);
  }

  /** Only what holds graphs or tensors in external files, and the value of a `Constant`. */
  #attribute(
    message: Field,
    node: OnnxNode,
    owner: string,
    depth: number,
  ): void {
    let name = "";
    const graphs: Field[] = [];
    const isConstant = node.op === "Constant" && node.domain === "";

    for (const field of within(this.#reader, message)) {
      if (field.number === 1) name = this.#text(field);
      if (field.number === 6 || field.number === 11) push(graphs, field);
      if (field.number === 13) this.#note(this.#text(field));
      if (field.number !== 5 && field.number !== 10) continue;

      const tensor = readTensorInfo(this.#reader, field);
      if (tensor.external) push(this.#model.initializers, tensor);

      if (isConstant)
        this.#constant(
          node.outputs[0] ?? "",
          node.scope,
          readTensorValues(this.#reader, field, tensor),
        );
    }

    if (isConstant)
      this.#constant(
        node.outputs[0] ?? "",
        node.scope,
        readNumbers(this.#reader, message),
      );

    for (const graph of graphs)
      this.#graph(graph, `${owner}/${name}`, depth + 1);
  }

  #function(message: Field): void {
    const own = { domain: "", name: "" };
    const nodes: Field[] = [];

    for (const field of within(this.#reader, message)) {
      if (field.number === 1) own.name = this.#text(field);
      if (field.number === 7) push(nodes, field);
      if (field.number === 8) this.#note(this.#text(field));
      if (field.number === 9) this.#opset(field);
      if (field.number === 10) own.domain = domainName(this.#text(field));
      if (field.number === 14) this.#notePair(field);
    }

    push(this.#model.functions, own);
    for (const node of nodes) this.#node(node, `${own.domain}:${own.name}`, 1);
  }

  #opset(message: Field): void {
    let domain = "";
    let version = 0;

    for (const field of within(this.#reader, message)) {
      if (field.number === 1) domain = domainName(this.#text(field));
      if (field.number === 2) version = field.value;
    }

    const { opsets } = this.#model;
    if (Object.keys(opsets).length >= LIMITS.depth)
      throw malformed("too many opset imports");

    opsets[domain] = Math.max(version, opsets[domain] ?? 0);
  }

  #text(field: Field): string {
    return this.#reader.text(field);
  }

  #note(text: string): void {
    if (text !== "" && this.#model.docStrings.length < LIMITS.notes)
      this.#model.docStrings.push(text);
  }

  #notePair(field: Field): void {
    for (const [key, value] of Object.entries(readPair(this.#reader, field)))
      this.#note(`${key}=${value}`);
  }
}

/** The default domain has two names. */
function domainName(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

function push<T>(list: T[], item: T): void {
  if (list.push(item) > LIMITS.entries)
    throw malformed(`a list of more than ${LIMITS.entries} entries`);
}
