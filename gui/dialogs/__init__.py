"""Dialogs: what asks or shows something once. Not for: what stays open beside the work."""
