"""Looking into a network: filters, activation maps, answers, the confusion matrix, and pictures of them.

A probe takes a network and a sample and gives plain data (`data`); `render` makes pictures of it; `worker` asks in a thread
of its own, on a copy of the network, so that a training is neither slowed nor changed.

Not for: windows. `spec` lists the probes without torch.
"""
