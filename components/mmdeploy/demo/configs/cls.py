"""A tiny mmpretrain classifier: ResNet-18 with 8 channels, 3 classes, 64x64 pictures."""

default_scope = "mmpretrain"
classes = ("square", "disc", "triangle")
model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="ResNet",
        depth=18,
        stem_channels=8,
        base_channels=8,
        num_stages=4,
        out_indices=(3,),
        style="pytorch",
        zero_init_residual=False,
    ),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(
        type="LinearClsHead",
        num_classes=3,
        in_channels=64,
        loss=dict(type="CrossEntropyLoss", loss_weight=1.0),
        topk=(1,),
    ),
)
data_preprocessor = dict(num_classes=3, mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True)
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="Resize", scale=(64, 64)),
    dict(type="PackInputs"),
]
test_pipeline = train_pipeline
dataset = dict(
    type="CustomDataset",
    data_root="data",
    data_prefix="cls",
    with_label=True,
    metainfo=dict(classes=classes),
)
train_dataloader = dict(
    batch_size=8,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type="InfiniteSampler", shuffle=True),
    dataset=dict(dataset, pipeline=train_pipeline),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(dataset, pipeline=test_pipeline),
)
test_evaluator = dict(type="Accuracy", topk=(1,))
test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type="Adam", lr=0.002))
train_cfg = dict(type="IterBasedTrainLoop", max_iters=40)
default_hooks = dict(
    timer=dict(type="IterTimerHook"),
    logger=dict(type="LoggerHook", interval=20, log_metric_by_epoch=False),
    checkpoint=dict(
        type="CheckpointHook", by_epoch=False, interval=40, save_optimizer=False, save_param_scheduler=False
    ),
)
log_processor = dict(by_epoch=False)
env_cfg = dict(cudnn_benchmark=False)
randomness = dict(seed=0)
