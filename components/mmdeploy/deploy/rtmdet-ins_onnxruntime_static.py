_base_ = ["./instance_onnxruntime_static.py"]
