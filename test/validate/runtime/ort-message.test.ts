import { expect, test } from "vitest";
import { ortMessage } from "../../../src/validate/runtime/ort-message.ts";

test.each([
  [
    "Load model from /tmp/x/model.onnx failed:Fatal error: my:Foo(-1) is not a registered function/op",
    "Fatal error: my:Foo(-1) is not a registered function/op",
  ],
  [
    "Exception during initialization: /onnxruntime_src/onnxruntime/core/providers/cpu/rnn/rnn.h:48 onnxruntime::RNN<T>::RNN(const onnxruntime::OpKernelInfo&) [with T = float] layout_ == 0 was false. Not supported.\n",
    "Exception during initialization: layout_ == 0 was false. Not supported.",
  ],
  [
    "Non-zero status code: /onnxruntime_src/onnxruntime/core/framework/op.cc:12 void onnxruntime::Op::Run(int) const Shapes differ",
    "Non-zero status code: Shapes differ",
  ],
  ["no\nsource\n  positions", "no source positions"],
])("ONNX Runtime's %j is shown as %j", (text, shown) => {
  expect(ortMessage(new Error(text))).toBe(shown);
});
