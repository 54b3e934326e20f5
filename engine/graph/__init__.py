"""The document: its model, the checker, the mends, the project file, the layout. No torch."""
