"""The Train place: settings, transport, live plots and the project's runs.

Not for: training itself; the session owns that, and this follows its messages.
"""
