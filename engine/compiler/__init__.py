"""From the drawing to torch: `plan` orders the steps, `module` walks them, `source` prints them.

Not for: training the network nor for judging the drawing (`engine.graph.check`). Only `module` imports torch.
"""
