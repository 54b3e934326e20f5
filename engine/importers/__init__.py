"""Weights from elsewhere: reading checkpoint files, finding out which tensor belongs where, and bringing them into a project.

Not for: checkpoints of a training of ours (`engine.training.checkpoint`), nor for writing weights (`engine.export`).
"""
