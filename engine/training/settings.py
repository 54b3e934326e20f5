"""How a network is trained, as declared settings.

Not for: what is trained on (`engine.data.choice`). No torch, so that the form opens at once.
"""

from __future__ import annotations

from engine.declare import choice, declared, flag, integer, real

OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "perceptron")
SCHEDULES = ("constant", "step", "cosine", "one_cycle")
DEVICES = ("auto", "cpu", "cuda", "mps")


@declared
class TrainingSettings:
    """Settings of one training; a run keeps a copy of them."""

    epochs: int = integer(10, lo=1, hi=100_000, help="How often the training part is gone through.", unit="epochs")
    batch_size: int = integer(128, lo=1, hi=65_536, help="Samples that one step learns from.", unit="samples")
    optimizer: str = choice(
        "adam",
        options=OPTIMIZERS,
        labels=("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Perceptron rule"),
        help="How weights follow their gradients: plain descent, or steps adapted to each weight.",
    )
    learning_rate: float = real(
        1e-3, lo=0.0, hi=1000.0, log=True, help="Length of a step; with a schedule, its largest value."
    )
    schedule: str = choice(
        "constant",
        options=SCHEDULES,
        labels=("Constant", "Step", "Cosine", "One cycle"),
        help="How the learning rate changes while the training goes on.",
    )
    momentum: float = real(0.9, lo=0.0, hi=0.9999, help="Share of the last step that SGD keeps.", advanced=True)
    nesterov: bool = flag(False, help="Let SGD look ahead along its momentum.", advanced=True)
    beta1: float = real(
        0.9, lo=0.0, hi=0.9999, help="How long Adam remembers the direction; GANs take 0.5.", advanced=True
    )
    beta2: float = real(
        0.999, lo=0.0, hi=0.999999, help="How long Adam remembers the size of gradients.", advanced=True
    )
    rho: float = real(
        0.9, lo=0.0, hi=0.9999, help="How long RMSprop and Adadelta remember the size of gradients.", advanced=True
    )
    rms_momentum: float = real(
        0.0,
        lo=0.0,
        hi=0.9999,
        help="Share of the last step that RMSprop keeps.",
        title="RMSprop momentum",
        advanced=True,
    )
    clip_norm: float = real(
        0.0, lo=0.0, hi=1e6, help="Largest length of all gradients together; longer ones are shortened. 0: no limit.",
        title="Clip gradients to norm", advanced=True,
    )  # fmt: skip
    clip_value: float = real(
        0.0, lo=0.0, hi=1e6, help="Largest size of each number of a gradient. 0: no limit.", title="Clip gradients to value",
        advanced=True,
    )  # fmt: skip
    weight_decay: float = real(0.0, lo=0.0, hi=10.0, help="Pull of the weights towards zero.", advanced=True)
    step_epochs: int = integer(
        10, lo=1, hi=100_000, help="Epochs between two drops of the step schedule.", unit="epochs", advanced=True
    )
    gamma: float = real(
        0.1, lo=0.0, hi=1.0, help="What the step schedule multiplies the learning rate by at each drop.", advanced=True
    )
    warmup_epochs: float = real(
        0.0,
        lo=0.0,
        hi=1000.0,
        help="Epochs in which the learning rate climbs from zero; one cycle climbs for 30 % of the run anyway.",
        unit="epochs",
        advanced=True,
    )
    device: str = choice(
        "auto",
        options=DEVICES,
        labels=("Automatic", "CPU", "CUDA GPU", "Apple GPU"),
        help="Where the arithmetic is done; automatic takes a GPU where there is one.",
    )
    seed: int = integer(0, lo=0, hi=2**31 - 1, help="Start of all randomness: the same seed gives the same run.")
    threads: int = integer(
        0, lo=0, hi=256, help="Processor threads for the arithmetic; 0 chooses them.", unit="threads", advanced=True
    )
