"""The settings of the next training: the device, and the form of the declared settings. Every entry is an edit of the
document and can be undone.

Not for: the run under way; it works on the copy it started with.
"""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.declare import Choice, from_json, settings_of, to_json
from engine.errors import SettingError
from engine.graph.model import Batch, Edit, SetSection
from engine.training.devices import Device, devices
from engine.training.settings import TrainingSettings
from gui import theme
from gui.background import in_background
from gui.document import Document
from gui.form import SettingsForm
from gui.form.editors import FIELD_HEIGHT, Drop
from gui.form.panel import LABEL_WIDTH
from gui.widgets import Hint

# Settings that matter only with one value of another one.
DEPENDS = {
    "momentum": ("optimizer", "sgd"),
    "nesterov": ("optimizer", "sgd"),
    "step_epochs": ("schedule", "step"),
    "gamma": ("schedule", "step"),
}


def sets_section(edit: Edit, name: str) -> bool:
    """Whether an edit replaces that section."""
    if isinstance(edit, Batch):
        return any(sets_section(part, name) for part in edit.edits)
    return isinstance(edit, SetSection) and edit.name == name


class DeviceChoice(QWidget):
    """A combo of the devices, each with what it is; those of this machine are asked for off the window's thread."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self._found: tuple[Device, ...] = ()
        self.box = Drop()
        self.box.setObjectName("device")
        self.box.setAccessibleName("Device")
        self.box.setMinimumContentsLength(6)
        self.box.setMinimumHeight(FIELD_HEIGHT)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.label = QLabel("Device")
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setBuddy(self.box)
        self.about = Hint("Looking at what this machine has…")
        self.about.setObjectName("device_about")
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.label)
        row.addWidget(self.box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.about)
        self.box.activated.connect(self._picked)
        self.refresh()
        in_background(self, devices, self.show_devices, self.about.setText)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self, *_: object) -> None:
        self.label.setFont(theme.font(12, 400))
        self.label.setProperty("hint", True)
        self.about.setFont(theme.font(11, 400))

    def show_devices(self, found: tuple[Device, ...]) -> None:
        """Offer these devices."""
        self._found = found
        self.refresh()

    def refresh(self) -> None:
        """Bring the combo up to the project and the devices known."""
        wanted = self.document.project.training.device
        setting = settings_of(TrainingSettings)["device"]
        assert isinstance(setting, Choice)
        here = {device.id for device in self._found}
        self.box.clear()
        for option, label in zip(setting.options, setting.labels, strict=True):
            if option == "auto" or option in here or option == wanted or (option == "cpu" and not here):
                missing = bool(here) and option not in here and option != "auto"
                self.box.addItem(f"{label} (not here)" if missing else label, option)
        self.box.setCurrentIndex(self.box.findData(wanted))
        if self._found:
            self.about.setText(self.sentence(wanted))

    def sentence(self, wanted: str) -> str:
        """What a choice means on this machine."""
        if wanted == "auto":
            return f"Takes {self._found[0].sentence}"
        for device in self._found:
            if device.id == wanted:
                return device.sentence
        return "This machine has no such device; choose another one before training."

    def _picked(self, index: int) -> None:
        write(self.document, "device", self.box.itemData(index))


def write(document: Document, name: str, value: object, *, merge: str = "") -> bool:
    """Set one training setting of the project, as one undo step."""
    values = {**document.root.sections["training"], name: value}
    try:
        kept = to_json(from_json(TrainingSettings, values))
    except SettingError:
        return False
    if kept == dict(document.root.sections["training"]):
        return True
    label = settings_of(TrainingSettings)[name].label.lower()
    return document.do(SetSection("training", kept), f"Set {label}", merge=merge)


class TrainingForm(QWidget):
    """Device and settings."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("training_form")
        self.document = document
        self._entry = 0
        self.device = DeviceChoice(document)
        self.form = SettingsForm(TrainingSettings, hide=("device",))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addWidget(self.form)
        column.addWidget(self.device)
        column.addStretch(1)
        self.form.changed.connect(self._changed)
        self.form.finished.connect(self._finished)
        document.edited.connect(self._edited)
        document.replaced.connect(self.refresh)
        self.refresh()

    def _changed(self, name: str, value: object) -> None:
        write(self.document, name, value, merge=f"training.{name}.{self._entry}")

    def _finished(self, _name: str) -> None:
        self._entry += 1  # the next entry into the same field is an undo step of its own

    def _edited(self, edit: Edit) -> None:
        if sets_section(edit, "training"):
            self.refresh()

    def refresh(self) -> None:
        """Show the project's settings."""
        settings = self.document.project.training
        shown = self.form.values()
        wanted = {name: value for name, value in to_json(settings, all_of_them=True).items() if name != "device"}
        if any(shown.get(name, wanted) != value for name, value in wanted.items()):
            self.form.set_values(wanted)
        for name, (other, value) in DEPENDS.items():
            self.form.set_row_visible(name, getattr(settings, other) == value)
        self.device.refresh()
