"""Forms made from declarations: an editor for every setting kind, `SettingsForm`, and the properties panel."""

from gui.form.editors import Editor
from gui.form.pair import editor
from gui.form.panel import SettingsForm

__all__ = ["Editor", "SettingsForm", "editor"]
