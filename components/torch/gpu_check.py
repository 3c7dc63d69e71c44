"""Ends with 0 where this environment's torch can compute on a GPU of this machine."""

import sys

import torch

if __name__ == "__main__":
    print(f"torch {torch.__version__}: {torch.cuda.device_count()} GPUs")
    sys.exit(0 if torch.cuda.is_available() else 1)
