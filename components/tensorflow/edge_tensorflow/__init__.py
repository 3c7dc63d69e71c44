"""TensorFlow and Keras models to ONNX: the parts of the tensorflow engine."""
