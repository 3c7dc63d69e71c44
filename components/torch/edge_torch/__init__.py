"""PyTorch modules to ONNX: the parts of the torch engine."""
