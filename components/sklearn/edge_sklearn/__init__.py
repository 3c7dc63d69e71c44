"""scikit-learn models to ONNX: the parts of the sklearn engine."""
