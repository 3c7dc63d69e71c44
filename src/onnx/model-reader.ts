import { LIMITS } from "./limits.ts";
import {
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  ownerPath,
} from "./model.ts";
import { readNumbers, readTensorValues } from "./read-constant.ts";
import {
  readFields,
  readPair,
  readTensorInfo,
  readValue,
} from "./read-value.ts";
import { type Field, malformed, type WireReader } from "./wire.ts";

/** Reads one model; fields by their numbers in onnx.proto. Throws `MalformedOnnx` where the bytes are no model. */
export class ModelReader {
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
    const named = (field: Field) => {
      model.producer = `${model.producer} ${this.#text(field)}`.trim();
    };

    readFields(this.#reader, message, {
      1: ({ value }) => {
        model.irVersion = value;
      },
      2: named,
      3: named,
      6: (field) => this.#note(this.#text(field)),
      7: (field) => {
        this.#graph(field, "", 0);
        graphs += 1;
      },
      8: (field) => this.#opset(field),
      14: (field) =>
        Object.assign(model.metadata, readPair(this.#reader, field)),
      25: (field) => this.#function(field),
    });

    if (graphs === 0) throw malformed("it contains no graph");

    const constants = new Set(model.initializers.map(({ name }) => name));
    model.inputs = model.inputs.filter(({ name }) => !constants.has(name));

    return model;
  }

  #graph(message: Field, scope: string, depth: number): void {
    if (depth > LIMITS.depth)
      throw malformed(`subgraphs nested more than ${LIMITS.depth} deep`);

    const { inputs, outputs } = this.#model;
    // What a subgraph takes and gives is none of the model's.
    const own = (list: OnnxValue[]) => (field: Field) =>
      depth === 0 && push(list, readValue(this.#reader, field));

    readFields(this.#reader, message, {
      1: (field) => this.#node(field, scope, depth),
      5: (field) => this.#initializer(field, scope),
      10: (field) => this.#note(this.#text(field)),
      11: own(inputs),
      12: own(outputs),
      16: (field) => this.#notePair(field),
    });
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
    readFields(this.#reader, message, {
      1: (field) => push(node.inputs, this.#text(field)),
      2: (field) => push(node.outputs, this.#text(field)),
      3: (field) => {
        node.name = this.#text(field);
      },
      4: (field) => {
        node.op = this.#text(field);
      },
      5: (field) => push(attributes, field),
      6: (field) => this.#note(this.#text(field)),
      7: (field) => {
        node.domain = domainName(this.#text(field));
      },
      9: (field) => this.#notePair(field),
    });

    const owner = ownerPath(node, place);
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

    const keep = (values: () => number[] | null) => {
      if (isConstant)
        this.#constant(node.outputs[0] ?? "", node.scope, values());
    };
    const ofTensor = (field: Field) => {
      const tensor = readTensorInfo(this.#reader, field);
      if (tensor.external) push(this.#model.initializers, tensor);
      keep(() => readTensorValues(this.#reader, field, tensor));
    };

    readFields(this.#reader, message, {
      1: (field) => {
        name = this.#text(field);
      },
      5: ofTensor,
      6: (field) => push(graphs, field),
      10: ofTensor,
      11: (field) => push(graphs, field),
      13: (field) => this.#note(this.#text(field)),
    });
    keep(() => readNumbers(this.#reader, message));

    for (const graph of graphs)
      this.#graph(graph, `${owner}/${name}`, depth + 1);
  }

  #function(message: Field): void {
    const own = { domain: "", name: "" };
    const nodes: Field[] = [];

    readFields(this.#reader, message, {
      1: (field) => {
        own.name = this.#text(field);
      },
      7: (field) => push(nodes, field),
      8: (field) => this.#note(this.#text(field)),
      9: (field) => this.#opset(field),
      10: (field) => {
        own.domain = domainName(this.#text(field));
      },
      14: (field) => this.#notePair(field),
    });

    push(this.#model.functions, own);
    for (const node of nodes) this.#node(node, `${own.domain}:${own.name}`, 1);
  }

  #opset(message: Field): void {
    let domain = "";
    let version = 0;

    readFields(this.#reader, message, {
      1: (field) => {
        domain = domainName(this.#text(field));
      },
      2: ({ value }) => {
        version = value;
      },
    });

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
