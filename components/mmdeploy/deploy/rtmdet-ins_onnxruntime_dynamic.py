_base_ = ["./instance_onnxruntime_dynamic.py"]
# Masks of RTMDet-Ins are as large as the picture, rounded up to the grid.
onnx_config = dict(dynamic_axes=dict(masks={2: "mask_height", 3: "mask_width"}))
