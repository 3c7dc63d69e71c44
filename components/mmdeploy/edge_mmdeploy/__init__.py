"""Converts one OpenMMLab model with MMDeploy, strictly, and leaves references of the very graph it exports."""
